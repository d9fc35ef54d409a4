package console

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"smebot/knowledge"
	"smebot/knowledge/parse"
)

// Bounds of an upload; a larger collection is imported by the command.
const (
	knowledgeUpload  = 10 << 20 // bytes of the files
	knowledgeChecked = 24 << 20 // bytes of the form that comes back with what was read
	uploadDocuments  = 200
	uploadUnpacked   = 64 << 20 // bytes of what comes back, unpacked
)

// importView is the upload's form, and what was read of uploaded files.
type importView struct {
	Source  string
	Dated   string // the date of the document, where its file states none
	Problem string
	Faults  []string // of files, each with its mend
	Passed  []string // files of an archive that are no policies
	Read    []readDocument
	Checked string // what was read, to be confirmed; "" while there are faults
	Proof   string
	Same    bool // all of it is held already
}

// readDocument is a document of an upload with what importing it does.
type readDocument struct {
	Doc knowledge.Document
	Filed
	File     string
	Findings []parse.Finding
	State    string
}

func (s *Server) importForm(v *visit) error { return v.render("knowledge_import", importView{}) }

// importPreview reads uploaded files and shows what is in them and what importing them does. It stores nothing.
func (s *Server) importPreview(v *visit) error {
	d := importView{Source: clip(v.form("source"), 300), Dated: clip(v.form("dated"), len(time.DateOnly))}
	if v.R.MultipartForm == nil || len(v.R.MultipartForm.File["file"]) == 0 {
		d.Problem = v.T("knowledge.no-file")
		return s.render(v, http.StatusUnprocessableEntity, "knowledge_import", d)
	}
	docs, names := d.readFiles(v, v.R.MultipartForm.File["file"])
	if d.Source != "" && d.Problem == "" {
		source, err := parse.SourceURL(d.Source)
		switch {
		case err != nil:
			d.Problem = v.T("knowledge.bad-source")
		case len(docs) != 1:
			d.Problem = v.T("knowledge.one-source")
		default:
			docs[0].Source = source
		}
	}
	if d.Dated != "" && d.Problem == "" {
		_, err := time.Parse(time.DateOnly, d.Dated)
		switch {
		case err != nil:
			d.Problem = v.T("knowledge.bad-date")
		case len(docs) != 1:
			d.Problem = v.T("knowledge.one-date")
		default:
			docs[0].Dated = d.Dated
		}
	}
	if d.Problem == "" && len(docs) > 0 {
		if err := s.planImport(v, &d, docs, names); err != nil {
			return err
		}
	}
	if d.Problem != "" || len(d.Faults) > 0 || len(docs) == 0 {
		if d.Problem == "" && len(docs) == 0 && len(d.Faults) == 0 {
			d.Problem = v.T("knowledge.no-policy")
		}
		return s.render(v, http.StatusUnprocessableEntity, "knowledge_import", d)
	}
	if !d.Same {
		var err error
		if d.Checked, err = packed(docs); err != nil {
			return err
		}
		d.Proof = s.token("import", v.Account.Name, d.Checked)
	}
	return v.render("knowledge_import", d)
}

// readFiles reads the policies of an upload; what cannot be read becomes a fault. names are the files they came from.
func (d *importView) readFiles(v *visit, files []*multipart.FileHeader) (docs []knowledge.Document, names []string) {
	seen := map[string]string{}
	add := func(name string, body []byte) {
		doc, err := parse.Bytes(name, body)
		if err != nil {
			d.Faults = append(d.Faults, v.fileFault(err))
			return
		}
		version := doc.ID + "@" + doc.VersionDate()
		plain, err := json.Marshal(doc)
		switch twin, twice := seen[version]; {
		case err != nil:
			d.Faults = append(d.Faults, name+": "+err.Error())
		case twice && twin != string(plain):
			d.Faults = append(d.Faults, v.T("knowledge.twice", name, doc.Title))
		case !twice:
			seen[version] = string(plain)
			docs, names = append(docs, doc), append(names, name)
		}
	}
	for _, h := range files {
		name := path.Base(strings.ReplaceAll(h.Filename, `\`, "/"))
		body, err := readUpload(h)
		if err != nil {
			d.Problem = v.T("knowledge.no-file")
			return nil, nil
		}
		if !strings.EqualFold(path.Ext(name), ".zip") {
			add(name, body)
			continue
		}
		members, passed, err := parse.Archive(body)
		if err != nil {
			d.Faults = append(d.Faults, name+"："+v.fileFault(err))
			continue
		}
		d.Passed = append(d.Passed, passed...)
		for _, m := range members {
			add(m.Name, m.Body)
		}
	}
	if len(docs) > uploadDocuments {
		d.Problem = v.T("knowledge.too-many", uploadDocuments)
	}
	return docs, names
}

// fileFault says in the visit's language why a file cannot be read, and what to do.
func (v *visit) fileFault(err error) string {
	var f *parse.Fault
	if !errors.As(err, &f) {
		return err.Error()
	}
	words := v.T("file."+f.Code, f.Args...)
	if f.File == "" {
		return words
	}
	return f.File + v.T("file.colon") + words
}

func readUpload(h *multipart.FileHeader) ([]byte, error) {
	f, err := h.Open()
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(f, knowledgeUpload))
	return body, errors.Join(err, f.Close())
}

// planImport fills in what importing does with each document.
func (s *Server) planImport(v *visit, d *importView, docs []knowledge.Document, names []string) error {
	plan, err := s.Office.Plan(v.R.Context(), docs)
	if err != nil {
		return err
	}
	filed := map[string]Filed{}
	d.Same = true
	for _, f := range plan {
		filed[f.ID+"@"+f.Date] = f
		d.Same = d.Same && f.What == FiledUnchanged
	}
	for i, doc := range docs {
		date := doc.VersionDate()
		if date == "" {
			date = undatedVersion
		}
		r := readDocument{Doc: doc, Filed: filed[doc.ID+"@"+date], File: names[i], Findings: parse.Check(doc, v.now()), State: force(doc, v.now())}
		if r.What == FiledRefused {
			d.Faults = append(d.Faults, v.T("knowledge.refused", names[i], doc.Title))
		}
		d.Read = append(d.Read, r)
	}
	return nil
}

// Does names the sentence for what importing it does; for templates.
func (r readDocument) Does() string {
	switch {
	case r.What == FiledChanged && r.Other == "":
		return "import.changed.head"
	case r.What == FiledChanged && r.Date == undatedVersion:
		return "import.changed.none"
	}
	return "import." + r.What
}

// undatedVersion is Filed.Date of a version that states none.
const undatedVersion = "undated"

// packed writes documents so that a form can carry them back.
func packed(docs []knowledge.Document) (string, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := json.NewEncoder(z).Encode(docs); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(b.Bytes()), nil
}

func unpacked(s string) (docs []knowledge.Document, err error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	err = json.NewDecoder(io.LimitReader(z, uploadUnpacked)).Decode(&docs)
	return docs, err
}

// importConfirmed stores what a preview showed, all of it or nothing.
func (s *Server) importConfirmed(v *visit) error {
	checked := v.raw("checked")
	if !sameText(v.form("proof"), s.token("import", v.Account.Name, checked)) {
		return v.fail(http.StatusBadRequest, "knowledge.unseen")
	}
	docs, err := unpacked(checked)
	if err != nil {
		return fmt.Errorf("what a preview showed does not open: %w", err)
	}
	done, indexing, err := s.Office.Import(v.R.Context(), docs)
	switch {
	case errors.Is(err, ErrImporting):
		return v.fail(http.StatusConflict, "knowledge.importing")
	case errors.Is(err, ErrRefused):
		return v.fail(http.StatusConflict, "knowledge.changed")
	case err != nil:
		return err
	}
	changed := 0
	for _, f := range done {
		if f.What == FiledUnchanged {
			continue
		}
		changed++
		if err := v.audit("knowledge.import", f.ID, f.What+" "+f.Date); err != nil {
			return err
		}
	}
	if indexing {
		return v.redirect("/console/knowledge", "knowledge.indexing", strconv.Itoa(changed))
	}
	return v.redirect("/console/knowledge", "knowledge.imported", strconv.Itoa(changed))
}
