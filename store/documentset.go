package store

import (
	"context"
	"errors"
	"fmt"
)

// ReplaceDocuments stores some documents and removes others in one transaction: all of it happens or nothing,
// so that a new version never stands beside the one it replaces. Removing an id that is not there is
// ErrNotFound. KnowledgeVersion grows if anything changed.
func (d *DB) ReplaceDocuments(ctx context.Context, save []Document, remove []string) error {
	for _, doc := range save {
		if doc.ID == "" || doc.Hash == "" {
			return errors.New("document without id or hash")
		}
	}
	return d.write(ctx, func(t *tx) error {
		changed := len(remove) > 0
		for _, id := range remove {
			n, err := t.exec(sqlRemoveDocument, id)
			if err != nil {
				return err
			}
			if n == 0 {
				return fmt.Errorf("document: %w", ErrNotFound)
			}
		}
		for _, doc := range save {
			body, imported := doc.Body, micros(doc.Imported)
			if body == nil {
				body = blank
			}
			if imported == 0 {
				imported = d.now()
			}
			n, err := t.exec(sqlAddDocument, doc.ID, doc.Title, doc.Hash, body, doc.Source, imported)
			if err != nil {
				return err
			}
			changed = changed || n > 0
		}
		if !changed {
			return nil
		}
		_, err := t.exec(sqlBumpKnowledge)
		return err
	})
}
