package main

import (
	"context"
	"time"

	"smebot/bot"
	"smebot/intents"
	"smebot/intents/understand"
	"smebot/knowledge"
)

// askBot asks the whole bot, each question as a newcomer's first message on the web page. Nothing is stored.
func askBot(docs []knowledge.Document) (func(string) (got, error), func(), error) {
	base, err := knowledge.Open(knowledge.Options{Documents: docs})
	if err != nil {
		return nil, nil, err
	}
	u, err := understand.New()
	if err != nil {
		return nil, nil, err
	}
	titles := map[string]string{}
	for _, d := range base.Documents() {
		titles[d.ID] = d.Title
	}
	r := intents.New(intents.Config{Understand: u, Knowledge: base})
	now := time.Now()
	return func(text string) (got, error) {
		out, err := r.Route(context.Background(), bot.Input{
			Now: now,
			Message: bot.Message{
				Key: "evaluate", Kind: bot.KindText, Text: text, Leads: true, At: now,
				From: bot.Address{Channel: "web", Platform: bot.Web, User: "evaluate"},
			},
		})
		g := got{Intent: out.Reply.Intent, Text: out.Reply.Text, Platforms: out.Reply.Platforms}
		for _, a := range out.Reply.Articles {
			n := a.Article
			if a.Document != base.Documents()[0].ID {
				n = -1 // another document's article is none of the embedded policy's
			}
			g.Articles = append(g.Articles, n)
			g.Names = append(g.Names, titles[a.Document]+"#"+a.Heading)
		}
		return g, err
	}, func() { _ = base.Close() }, nil
}
