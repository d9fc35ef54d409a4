package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"smebot/bot"
	"smebot/knowledge"
	"smebot/store"
)

// A running server answers its own machine's commands over a Unix socket in the data folder, since only one
// process can hold the store and the index. Whoever can open the folder (mode 0700) may use it.

// socketPath names the socket of a data folder. Unix limits such paths to about a hundred bytes; a longer one
// is replaced by a name under the temporary folder that both sides derive alike.
func socketPath(data string) string {
	abs, err := filepath.Abs(data)
	if err != nil {
		abs = data
	}
	p := filepath.Join(abs, "smebot.sock")
	if len(p) <= 100 {
		return p
	}
	sum := sha256.Sum256([]byte(abs))
	return filepath.Join(os.TempDir(), "smebot-"+hex.EncodeToString(sum[:8])+".sock")
}

// controlAsk is a line with the run it belongs to.
type controlAsk struct {
	Run  string  `json:"run"`
	Line askLine `json:"line"`

	Untraced bool `json:"untraced,omitempty"`
}

type controlAskAnswer struct {
	askAnswer
	Numbered string `json:"numbered"`
}

type controlSearch struct {
	Text string `json:"text"`
	Top  int    `json:"top"`
}

type controlHit struct {
	searchHit
	Text string `json:"text"`
}

type controlChat struct {
	Key  string `json:"key"`
	User string `json:"user"`
	Text string `json:"text"`
}

// controlDisclosure is the record of an export, with the numbers of its leads.
type controlDisclosure struct {
	Disclosure store.Disclosure `json:"disclosure"`
	Numbers    []string         `json:"numbers"`
}

// controlServer serves the commands of this machine.
func controlServer(p *program) *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /ask", control(func(r *http.Request, in controlAsk) (controlAskAnswer, error) {
		in.Line.untraced = in.Untraced
		a, err := p.engine.ask(p.ctx, in.Run, in.Line)
		return controlAskAnswer{a, a.numbered}, err
	}))
	mux.HandleFunc("POST /chat", control(func(r *http.Request, in controlChat) (bot.Reply, error) {
		return p.dispatcher.Handle(r.Context(), terminalMessage(in))
	}))
	mux.HandleFunc("POST /search", control(func(r *http.Request, in controlSearch) ([]controlHit, error) {
		hits, err := search(r.Context(), p.engine.base, in.Text, in.Top)
		out := make([]controlHit, len(hits))
		for i, h := range hits {
			out[i] = controlHit{h, h.text}
		}
		return out, err
	}))
	mux.HandleFunc("POST /knowledge/save", control(func(r *http.Request, in []knowledge.Document) ([]filed, error) {
		return p.engine.saveDocuments(p.ctx, in)
	}))
	mux.HandleFunc("POST /knowledge/remove", control(func(r *http.Request, id string) (int, error) {
		return 1, p.engine.removeDocument(p.ctx, id)
	}))
	mux.HandleFunc("POST /examples/save", control(func(r *http.Request, in store.Example) (int, error) {
		return 1, p.engine.teach(p.ctx, in)
	}))
	mux.HandleFunc("POST /examples/remove", control(func(r *http.Request, words string) (int, error) {
		return 1, p.engine.forget(p.ctx, words)
	}))
	mux.HandleFunc("POST /staff", control(func(r *http.Request, in staffChange) (int, error) {
		return 1, changeAccount(p.ctx, p.engine.db, in)
	}))
	mux.HandleFunc("POST /directory/save", control(func(r *http.Request, in []store.Organisation) (store.Saved, error) {
		return p.engine.saveOrganisations(p.ctx, in)
	}))
	mux.HandleFunc("POST /directory/remove", control(func(r *http.Request, ids []string) (int, error) {
		return len(ids), p.engine.removeOrganisations(p.ctx, ids)
	}))
	mux.HandleFunc("POST /retention/run", control(func(r *http.Request, yes bool) (store.Retention, error) {
		return p.engine.retain(p.ctx, p.config.periods(), yes)
	}))
	mux.HandleFunc("POST /leads/disclose", control(func(r *http.Request, in controlDisclosure) (int, error) {
		return len(in.Numbers), p.engine.db.Disclose(p.ctx, in.Disclosure, in.Numbers)
	}))
	return &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
}

func control[In, Out any](f func(*http.Request, In) (Out, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in In
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		out, err := f(r, in)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(out)
	}
}

// remote is a running server, seen from a command.
type remote struct{ client *http.Client }

// dialServer returns the server that serves a data folder, or nil if none does.
func dialServer(ctx context.Context, data string) *remote {
	path := socketPath(data)
	dial := func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{Timeout: 2 * time.Second}).DialContext(ctx, "unix", path)
	}
	c, err := dial(ctx)
	if err != nil {
		return nil
	}
	c.Close()
	return &remote{&http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) },
	}}}
}

// call asks the server; what it says is wrong comes back as an error.
func (s *remote) call(ctx context.Context, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://smebot"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return fmt.Errorf("the running server did not answer: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		words, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
		return errors.Join(errors.New(string(bytes.TrimSpace(words))), err)
	}
	return json.NewDecoder(resp.Body).Decode(out)
}
