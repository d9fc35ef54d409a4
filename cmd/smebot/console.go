package main

import (
	"fmt"
	"io"
	"net/http"

	"smebot/console"
)

// console mounts the staff console, and makes its first account if there is none.
func (p *program) console(mux *http.ServeMux) error {
	hours, err := p.config.atWork()
	if err != nil {
		return err
	}
	c, err := console.New(console.Config{
		Store: p.engine.db, Log: p.log, Clock: p.clock, PublicURL: p.config.PublicURL, Address: p.addr, Proxies: p.config.Proxies,
		Workday: hours.Works, Directory: officeKeeper{p.engine},
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

// announceConsole says where the console is and, on the first start, how to get in. The password is shown here only
// and never logged.
func (p *program) announceConsole(w io.Writer) {
	fmt.Fprintf(w, "console: http://%s%s\n", p.addr, console.Root)
	if p.password != "" {
		fmt.Fprintf(w, "first sign-in: account %s, good once and for 15 min, password: %s\n", console.FirstAdmin, p.password)
		p.password = ""
	}
}
