package wechat

import (
	"context"
	"encoding/xml"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"smebot/bot"
)

// FuzzXML: a document that is accepted is one that the standard library reads, and reads the same.
func FuzzXML(f *testing.F) {
	for _, seed := range []string{
		"", "<xml></xml>", textOf("你好", "1"), event("subscribe"), "<xml><MsgId>1</MsgId><MsgId>2</MsgId></xml>", `<!DOCTYPE xml [<!ENTITY a "b">]><xml>&a;</xml>`,
		"<xml><Content>a]]&gt;&#65;</Content></xml>", `<?xml version="1.0" encoding="utf-8"?><xml/>`, "<xml><a><b><c/></b></a></xml>\n", "<xml><Content>&#xD800;</Content></xml>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		got, err := parseXML(doc)
		if err != nil {
			return
		}
		var same struct {
			Fields []struct {
				XMLName xml.Name
				Text    string `xml:",chardata"`
			} `xml:",any"`
		}
		if err := xml.Unmarshal(doc, &same); err != nil {
			t.Fatalf("accepted, but: %v", err)
		}
		seen := 0
		for _, e := range same.Fields {
			if !controlFields[e.XMLName.Local] {
				continue
			}
			seen++
			if text, ok := got[e.XMLName.Local]; !ok || text != e.Text {
				t.Errorf("%s is %q, and %q to others", e.XMLName.Local, text, e.Text)
			}
		}
		if seen != len(got) {
			t.Errorf("%d fields, %d elements", len(got), seen)
		}
	})
}

// FuzzEnvelope: whatever stands in Encrypt under a true signature, the answer is one of the known ones.
func FuzzEnvelope(f *testing.F) {
	for _, seed := range []string{"", "AAAA", goldenMessage, goldenReply, "!!!!", strings.Repeat("A", 43), goldenMessage[:88] + "=="} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	c, err := New(golden, func(context.Context, bot.Message) (bot.Reply, error) { return bot.Reply{Text: "ok"}, nil }, Options{Clock: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, encrypt bool) {
		s := &site{t: t, cfg: golden}
		s.at(noon)
		if encrypt { // the text as a message that is sealed rightly
			text = encryptBlock(t, plainBlock(text, golden.AppID, -1, -1), golden.EncodingAESKey)
		} else if strings.ContainsAny(text, "]<>&\r") {
			t.Skip() // would be another document
		}
		p := s.sealedAs(text)
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, "/wechat/golden?"+p.query.Encode(), strings.NewReader(p.body))
		c.ServeHTTP(w, r)
		switch w.Code {
		case 200, 400, 403, 413:
		default:
			t.Errorf("status %d", w.Code)
		}
	})
}

func FuzzRender(f *testing.F) {
	f.Add("你好", "融资", uint32(1))
	f.Add("<a href='x'>&lt;", `"&<>`, uint32(1<<32-1))
	f.Add(strings.Repeat("长。", 600), strings.Repeat("\u200d", 700), uint32(0))
	f.Fuzz(func(t *testing.T, text, label string, menu uint32) {
		checkRendered(t, bot.Reply{Text: text, Menu: menu, Choices: choices(label, label+text, "")})
	})
}
