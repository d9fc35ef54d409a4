package wechat

import (
	"strings"
	"testing"
)

// What is no message, inside the envelope and outside.
func TestDocumentsThatAreRefused(t *testing.T) {
	s := newSite(t, goodConfig)
	good := textOf("CANARY", "1")
	add := func(more string) string { return strings.Replace(good, "</xml>", more+"</xml>", 1) }
	cases := map[string]string{
		"internal entity":        `<!DOCTYPE xml [<!ENTITY e "x">]>` + strings.Replace(good, "<![CDATA[CANARY]]>", "&e;", 1),
		"external DTD":           `<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/d">` + good,
		"parameter entity":       `<!DOCTYPE xml [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>` + good,
		"unknown entity":         strings.Replace(good, "<![CDATA[CANARY]]>", "&nbsp;", 1),
		"processing instruction": `<?php echo 1 ?>` + good,
		"second declaration":     `<?xml version="1.0"?><?xml version="1.0"?>` + good,
		"late declaration":       ` <?xml version="1.0"?>` + good,
		"comment":                add("<!-- x -->"),
		"second document":        good + good,
		"other root after":       good + "<xml2/>",
		"text after":             good + "x",
		"text before":            "x" + good,
		"child in Content":       strings.Replace(good, "<![CDATA[CANARY]]>", "a<b>c</b>d", 1),
		"prefixed name":          add("<a:Event>x</a:Event>"),
		"other namespace":        strings.Replace(good, "<xml>", `<xml xmlns="urn:x">`, 1),
		"other root":             strings.NewReplacer("<xml>", "<XML>", "</xml>", "</XML>").Replace(good),
		"depth 17":               add(strings.Repeat("<a>", 16) + strings.Repeat("</a>", 16)),
		"depth 5,000":            add(strings.Repeat("<a>", 5000) + strings.Repeat("</a>", 5000)),
		"unclosed depth":         strings.Repeat("<a>", 5000),
		"GBK declared":           `<?xml version="1.0" encoding="GBK"?>` + good,
		"UTF-16 declared":        `<?xml version="1.0" encoding="UTF-16"?>` + good,
		"UTF-16 bytes":           "\xff\xfe<\x00x\x00m\x00l\x00>\x00",
		"byte order mark":        "\ufeff" + good,
		"NUL":                    strings.Replace(good, "CANARY", "a\x00b", 1),
		"control character":      strings.Replace(good, "CANARY", "a\x01b", 1),
		"invalid UTF-8":          strings.Replace(good, "CANARY", "\xff\xfe", 1),
		"empty":                  "",
		"JSON":                   `{"MsgType":"text"}`,
	}
	for name := range controlFields {
		if name != "Encrypt" { // inside, that is just another element
			cases["two "+name] = add(strings.Repeat("<"+name+"><![CDATA[1]]></"+name+">", 2))
		}
	}
	for name, doc := range cases {
		mustRefuse(t, s, name+", inside", s.send(s.sealed(doc)), 400, ReasonXML)
	}
	p := s.sealed(good)
	frame := p.body
	for name, body := range map[string]string{
		"two Encrypt":            strings.Replace(frame, "</xml>", "<Encrypt><![CDATA[AAAA]]></Encrypt></xml>", 1),
		"DTD":                    "<!DOCTYPE xml>" + frame,
		"processing instruction": "<?php echo 1 ?>" + frame,
		"second document":        frame + frame,
		"spaces":                 strings.Repeat(" ", 65536),
		"JSON":                   `{"Encrypt":"x"}`,
	} {
		p.body = body
		mustRefuse(t, s, name+", outside", s.send(p), 400, ReasonXML)
	}
}

// What is allowed although it looks odd: a declaration, unknown elements however twice, attributes, blanks.
func TestDocumentsThatAreFine(t *testing.T) {
	s := newSite(t, goodConfig)
	good := textOf("a]]><b>&amp;😀 奖励", "1")
	doc := `<?xml version="1.0" encoding="utf-8"?>` + "\r\n" + strings.Replace(good, "</xml>", `<New a="1"><x><y/></x></New><New/></xml>`, 1) + " \n"
	if got := s.read(s.send(s.sealed(doc)), s.cfg.EncodingAESKey); got != "turn 1: a]]＞＜b＞＆amp;😀 奖励" {
		t.Errorf("%q", got)
	}
	if m := s.routed()[0]; m.Text != "a]]><b>&amp;😀 奖励" {
		t.Errorf("read as %q", m.Text)
	}
}

func TestDocumentsCutAnywhere(t *testing.T) {
	s := newSite(t, goodConfig)
	doc := textOf("CANARY", "1")
	for i := range len(doc) {
		if r := s.send(s.sealed(doc[:i])); !r.refused() {
			t.Fatalf("message cut at %d: %d %q", i, r.status, r.text)
		}
	}
	p := s.sealed(doc)
	for i, frame := 0, p.body; i < len(frame); i++ {
		p.body = frame[:i]
		if r := s.send(p); !r.refused() {
			t.Fatalf("envelope cut at %d: %d %q", i, r.status, r.text)
		}
	}
	if n := len(s.routed()); n != 0 {
		t.Errorf("%d messages got through", n)
	}
}
