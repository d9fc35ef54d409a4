package intents

import (
	"fmt"
	"regexp"
	"strings"
)

// The guide draws itself from the definition that leads people, so that a drawing cannot be out of date.

func guideID(target string) string { return strings.ReplaceAll(target, "-", "_") }

// endsOf lists the platform types that the guide leads to, in the order of Article 2.
func endsOf() []string {
	reached := map[string]bool{}
	for _, n := range guide {
		for _, o := range n.options {
			reached[o.target] = true
		}
	}
	var list []string
	for _, s := range slugs {
		if reached[s] {
			list = append(list, s)
		}
	}
	return list
}

// GuideMermaid draws the guide as a Mermaid flow chart, in Chinese.
func GuideMermaid() string {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	for _, n := range guide {
		fmt.Fprintf(&b, "  %s{%q}\n", guideID(n.id), say("zh", key("guide."+n.id)))
	}
	for _, s := range endsOf() {
		fmt.Fprintf(&b, "  %s([%q])\n", guideID(s), say("zh", typeName(s)))
	}
	for _, n := range guide {
		for _, o := range n.options {
			fmt.Fprintf(&b, "  %s -->|%q| %s\n", guideID(n.id), say("zh", key("guide."+n.id+"."+o.id)), guideID(o.target))
		}
	}
	return b.String()
}

// GuideDot draws the guide for Graphviz, in Chinese.
func GuideDot() string {
	var b strings.Builder
	b.WriteString("digraph guide {\n  rankdir=LR;\n")
	for _, n := range guide {
		fmt.Fprintf(&b, "  %s [shape=box, label=%q];\n", guideID(n.id), say("zh", key("guide."+n.id)))
	}
	for _, s := range endsOf() {
		fmt.Fprintf(&b, "  %s [shape=ellipse, label=%q];\n", guideID(s), say("zh", typeName(s)))
	}
	for _, n := range guide {
		for _, o := range n.options {
			fmt.Fprintf(&b, "  %s -> %s [label=%q];\n", guideID(n.id), guideID(o.target), say("zh", key("guide."+n.id+"."+o.id)))
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// GuideMarkdown is docs/guide.md: the graph, and a table of questions and choices in both languages.
func GuideMarkdown() string {
	var b strings.Builder
	b.WriteString("# The guide\n\nFrom a vague need to one of the nine platform types in at most three questions. This page is written by\n`smebot guide graph --format markdown`; change `intents/guide.go` and `intents/text_guide.go`, not this file.\n\n")
	b.WriteString("A message that already says which choice it would be skips that question. 「不确定」 is an answer to every question:\nit takes the last choice. An answer in one's own words is compared with the captions and with the words of the last column. Words that\nfit no choice are asked for once more, then all nine types are listed, 「不确定」 among them.\n\n")
	b.WriteString("```mermaid\n" + GuideMermaid() + "```\n")
	for _, n := range guide {
		fmt.Fprintf(&b, "\n## %s\n\n%s — %s\n\n| choice | | leads to | said already by | answered by |\n|---|---|---|---|---|\n", n.id, say("zh", key("guide."+n.id)), say("en", key("guide."+n.id)))
		for _, o := range n.options {
			k := key("guide." + n.id + "." + o.id)
			to := o.target
			if _, ok := guideNode(o.target); !ok {
				to = say("zh", typeName(o.target)) + " (" + o.target + ")"
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", say("zh", k), say("en", k), to, inCell(o.cue), inCell(o.means))
		}
	}
	return b.String()
}

// inCell writes words in a cell of a table, as they stand in the definition.
func inCell(words *regexp.Regexp) string {
	if words == nil {
		return ""
	}
	return "`" + strings.NewReplacer("|", "\\|", "[没冇]", "没", "[不唔]", "不").Replace(words.String()) + "`"
}
