package main

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"smebot/console"
)

// console mounts the staff console, and makes its first account if there is none.
func (p *program) console(mux *http.ServeMux) error {
	c, err := console.New(console.Config{
		Store: p.engine.db, Log: p.log, Clock: p.clock, PublicURL: p.config.PublicURL, Address: p.addr, Proxies: p.config.Proxies,
		Workday: func(day time.Time) bool { return p.engine.live.atWork().Works(day) }, Directory: officeKeeper{p.engine},
		Shelf: p.engine.shelf, Base: p.engine.base, Office: backOffice{p}, Channels: p.channels(),
	})
	if err != nil {
		return err
	}
	p.endNews = c.Close
	mux.Handle(console.Root, c)
	mux.Handle("GET /console", http.RedirectHandler(console.Root, http.StatusSeeOther))
	p.password, err = console.FirstPassword(p.ctx, p.engine.db, p.clock())
	return err
}

// channels are the ways by which people write, for the console.
func (p *program) channels() []console.Channel {
	var list []console.Channel
	if p.config.webChat() {
		list = append(list, console.Channel{Name: webChannel, Type: "web"})
	}
	for _, c := range p.config.Channels {
		list = append(list, console.Channel{Name: c.Name, Type: c.Type})
	}
	return list
}

// announceConsole says where the console is and, on the first start, how to get in. The password is shown here only
// and never logged.
func (p *program) announceConsole(w io.Writer) {
	fmt.Fprintf(w, "console: http://%s%s\n", p.addr, console.Root)
	if p.password != "" {
		fmt.Fprintf(w, "first sign-in: account %s, good once and for 15 min, password: %s\n", console.FirstAdmin, p.password)
		p.password = ""
	}
}
