package web

import (
	"context"
	"encoding/json"
	"net/http"

	"smebot/bot"
)

// maxShown bounds how many messages a page can say that it has shown.
const maxShown = 100

// newsItem is a message that came by itself. A page shows each id once, and says so with its next question.
type newsItem struct {
	ID string `json:"id"`
	answer
}

// news gives a page what waits for its person. What it has shown is ended only then: a page that was closed in
// between, or an answer that got lost, costs nothing.
func (c *Chat) news(w http.ResponseWriter, r *http.Request) {
	who, ok := c.caller(w, r)
	if !ok {
		return
	}
	var q struct {
		Shown []string `json:"shown"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&q); err != nil || len(q.Shown) > maxShown {
		fail(w, faultBad)
		return
	}
	items := []newsItem{}
	if c.opt.News != nil {
		ctx, cancel := context.WithTimeout(r.Context(), waitReply)
		defer cancel()
		waiting, err := c.opt.News(ctx, address(who), q.Shown)
		if err != nil {
			if r.Context().Err() == nil {
				c.opt.Log.Error("web chat could not look for news", "err", err)
			}
			fail(w, faultBusy)
			return
		}
		for _, o := range waiting {
			items = append(items, newsItem{o.ID, shown(o.Reply)})
		}
	}
	respond(w, http.StatusOK, items)
}

func shown(r bot.Reply) answer { return answer{Text: r.Text, Choices: r.Choices, Menu: r.Menu} }
