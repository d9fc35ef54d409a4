package console

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"smebot/export"
	"smebot/store"
	"smebot/store/storetest"
)

// benchDesk is a console over a store with a year's leads, and a supervisor who is signed in.
func benchDesk(b *testing.B, leads int) (*Server, func(method, path string, form url.Values) *httptest.ResponseRecorder) {
	b.Helper()
	if testing.Short() {
		b.Skip("makes many leads")
	}
	end := time.Date(2026, 11, 23, 17, 0, 0, 0, china)
	now := end
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	db, err := store.Open(b.Context(), store.Options{Dir: b.TempDir(), Clock: func() time.Time { return now }, Log: quiet})
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if err := (storetest.Year{Leads: leads, Days: 365, End: end}).Fill(b.Context(), db, func(at time.Time) { now = at }); err != nil {
		b.Fatal(err)
	}
	b.Logf("%d leads with a year's work were made in %v", leads, time.Since(began))
	s, err := New(Config{Store: db, Clock: func() time.Time { return now }, Log: quiet})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close(); _ = db.Close() })
	token := strings.Repeat("b", 40)
	if err := db.AddAccount(b.Context(), "operator", "wu", store.RoleSupervisor, "none", time.Time{}); err != nil {
		b.Fatal(err)
	}
	if err := db.StartSession(b.Context(), "wu", token); err != nil {
		b.Fatal(err)
	}
	return s, func(method, path string, form url.Values) *httptest.ResponseRecorder {
		if form != nil {
			form.Set("csrf", s.token("csrf", token))
		}
		r := httptest.NewRequestWithContext(b.Context(), method, path, strings.NewReader(form.Encode()))
		if form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		r.AddCookie(&http.Cookie{Name: "smebot-session", Value: token})
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
}

// BenchmarkConsole measures pages over 100,000 leads, whole: from the request to the last byte of HTML. p95-ms is what
// staff feel. With -v it tells how long the first look after a start takes.
func BenchmarkConsole(b *testing.B) {
	_, ask := benchDesk(b, 100_000)
	began := time.Now()
	if w := ask(http.MethodGet, "/console/leads", nil); w.Code != http.StatusOK {
		b.Fatal(w.Code)
	}
	b.Logf("the first look after a start, which reads the index, took %v", time.Since(began))
	for _, page := range []struct{ name, path string }{
		{"list", "/console/leads"},
		{"late", "/console/leads?view=late&page=20"},
		{"last", "/console/leads?view=&page=1999"},
		{"filtered", "/console/leads?view=open&town=东莞市大朗镇&platform=financing&channel=tg&days=9"},
		{"search", "/console/leads?view=&q=明辉灯饰"},
		{"search-one", "/console/leads?view=&q=五金99998"},
		{"search-nothing", "/console/leads?view=&q=没有这样的词"},
		{"search-phone", "/console/leads?view=&q=13800099998"},
		{"late-hands", "/console/leads/late"},
		{"export-form", "/console/export?view="},
		{"overview", "/console/overview"},
		{"overview-year", "/console/overview?days=365"},
		{"overview-csv", "/console/overview/csv?chart=town&days=365"},
	} {
		u, err := url.Parse(page.path)
		if err != nil {
			b.Fatal(err)
		}
		u.RawQuery = u.Query().Encode()
		b.Run(page.name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				if w := ask(http.MethodGet, u.String(), nil); w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}

// BenchmarkExport measures a file of 50,000 leads from the click to the file that lies ready, and the memory of the
// process meanwhile: MiB is the most it held, above-MiB what that is more than before.
func BenchmarkExport(b *testing.B) {
	s, ask := benchDesk(b, 50_000)
	for _, format := range []export.Format{export.XLSX, export.CSV} {
		b.Run(string(format), func(b *testing.B) {
			ask(http.MethodGet, "/console/leads", nil)
			size := 0
			most, before := 0.0, 0.0
			for b.Loop() {
				b.StopTimer()
				debug.FreeOSMemory()
				before = resident(b)
				peak := watchResident(b)
				b.StartTimer()
				w := ask(http.MethodPost, "/console/export", url.Values{"do": {"start"}, "view": {""}, "format": {string(format)}, "purpose": {"季度回访"}, "receiver": {"本单位"}, "field": append(export.DefaultFields(), "phone")})
				if w.Code != http.StatusSeeOther {
					b.Fatal(w.Code)
				}
				jobs := s.exports.of("wu")
				for ; jobs[0].State == exportRuns; jobs = s.exports.of("wu") {
					time.Sleep(time.Millisecond)
				}
				if jobs[0].State != exportReady || jobs[0].Leads != 50_000 {
					b.Fatal(jobs[0].State, jobs[0].Leads)
				}
				if w = ask(http.MethodGet, "/console/export/files/"+jobs[0].ID, nil); w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
				b.StopTimer()
				most = max(most, peak())
				size = w.Body.Len()
				s.exports.remove("wu", jobs[0].ID)
				b.StartTimer()
			}
			b.ReportMetric(float64(size)/1e6, "MB")
			b.ReportMetric(most, "MiB")
			b.ReportMetric(most-before, "above-MiB")
		})
	}
}

// resident is the memory of this process in MiB.
func resident(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("memory is read from /proc")
	}
	_, rest, _ := bytes.Cut(status, []byte("VmRSS:"))
	kib, err := strconv.Atoi(string(bytes.Fields(rest)[0]))
	if err != nil {
		b.Fatal(err)
	}
	return float64(kib) / 1024
}

// watchResident looks at the memory until the function it returns is called, which gives the most it saw.
func watchResident(b *testing.B) func() float64 {
	stop, most := make(chan struct{}), make(chan float64)
	go func() {
		peak := 0.0
		for {
			peak = max(peak, resident(b))
			select {
			case <-stop:
				most <- peak
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() float64 { close(stop); return <-most }
}
