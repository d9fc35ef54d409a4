package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

const (
	sqlDocuments   = `SELECT id, title, hash, body, source, imported FROM documents ORDER BY id`
	sqlHeads       = `SELECT id, title, source, imported FROM documents ORDER BY id`
	sqlDocument    = `SELECT id, title, hash, body, source, imported FROM documents WHERE id = $1`
	sqlAddDocument = `INSERT INTO documents (id, title, hash, body, source, imported) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET title = excluded.title, hash = excluded.hash, body = excluded.body,
		source = excluded.source, imported = excluded.imported
		WHERE documents.hash <> excluded.hash OR documents.title <> excluded.title OR documents.source <> excluded.source`
	sqlRemoveDocument = `DELETE FROM documents WHERE id = $1`
	sqlBumpKnowledge  = `UPDATE counters SET value = value + 1 WHERE name = 'knowledge'`
	sqlKnowledge      = `SELECT value FROM counters WHERE name = 'knowledge'`
)

// SaveDocument stores a document, in place of one with the same id. KnowledgeVersion grows unless the same
// hash, title and source are stored already.
func (d *DB) SaveDocument(ctx context.Context, doc Document) error {
	if doc.ID == "" || doc.Hash == "" {
		return errors.New("document without id or hash")
	}
	body, imported := doc.Body, micros(doc.Imported)
	if body == nil {
		body = blank
	}
	if imported == 0 {
		imported = d.now()
	}
	return d.write(ctx, func(t *tx) error {
		n, err := t.exec(sqlAddDocument, doc.ID, doc.Title, doc.Hash, body, doc.Source, imported)
		if err == nil && n > 0 {
			_, err = t.exec(sqlBumpKnowledge)
		}
		return err
	})
}

// RemoveDocument removes a document; ErrNotFound if there is none of that id.
func (d *DB) RemoveDocument(ctx context.Context, id string) error {
	return d.write(ctx, func(t *tx) error {
		n, err := t.exec(sqlRemoveDocument, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("document: %w", ErrNotFound)
		}
		_, err = t.exec(sqlBumpKnowledge)
		return err
	})
}

// Documents returns all documents with their bodies, ordered by id.
func (d *DB) Documents(ctx context.Context) ([]Document, error) {
	var all []Document
	err := d.EachDocument(ctx, func(doc Document) error {
		all = append(all, doc)
		return nil
	})
	return all, err
}

// EachDocument calls f with one document after the other, ordered by id, so that a large collection need not be held
// twice. It ends at f's first error and returns it. f must not write to the store.
func (d *DB) EachDocument(ctx context.Context, f func(Document) error) error {
	rows, err := d.read.QueryContext(ctx, sqlDocuments)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		doc, err := scanDocument(rows)
		if err == nil {
			err = f(doc)
		}
		if err != nil {
			return err
		}
	}
	return rows.Err()
}

// DocumentHeads returns all documents without hash and body, ordered by id.
func (d *DB) DocumentHeads(ctx context.Context) ([]Document, error) {
	return collect(ctx, d, func(rows *sql.Rows) (doc Document, err error) {
		var imported int64
		err = rows.Scan(&doc.ID, &doc.Title, &doc.Source, &imported)
		doc.Imported = at(imported)
		return doc, err
	}, sqlHeads)
}

// Document returns one document; ErrNotFound if there is none of that id.
func (d *DB) Document(ctx context.Context, id string) (Document, error) {
	doc, err := scanDocument(d.read.QueryRowContext(ctx, sqlDocument, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("document: %w", ErrNotFound)
	}
	return doc, err
}

// KnowledgeVersion counts the changes of the documents: an index built at one number is current until the
// number grows.
func (d *DB) KnowledgeVersion(ctx context.Context) (int64, error) {
	var v int64
	err := d.read.QueryRowContext(ctx, sqlKnowledge).Scan(&v)
	return v, err
}

func scanDocument(row scanner) (Document, error) {
	var doc Document
	var imported int64
	err := row.Scan(&doc.ID, &doc.Title, &doc.Hash, &doc.Body, &doc.Source, &imported)
	doc.Imported = at(imported)
	return doc, err
}
