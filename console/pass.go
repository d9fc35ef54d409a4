package console

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"smebot/knowledge/places"
	"smebot/store"
)

// Passing a lead on: which organisation takes it, and the link by which it answers.

// maxOrganisation bounds an organisation's name, in characters.
const maxOrganisation = 120

// officeGroup is a part of the directory by how near it lies to a lead's town.
type officeGroup struct {
	Near string // the key of how near, without "leads.near."
	List []store.Organisation
}

// nearness gives closeness its key.
var nearness = map[places.Closeness]string{
	places.Here: "here", places.Beside: "beside", places.SameDistrict: "district", places.SameCity: "city", places.NextCity: "next", places.Far: "far",
}

// maxOffices bounds what a page offers to pick from; who is further away is written by hand.
const maxOffices = 200

// offices returns who offers a lead's kind of platform, the nearest first.
func (s *Server) offices(ctx context.Context, l store.Lead) ([]officeGroup, error) {
	all, err := s.Store.Organisations(ctx, "", l.Platform)
	if err != nil {
		return nil, err
	}
	here, _ := places.ByName(l.Town)
	how := make(map[string]places.Closeness, len(all))
	for _, o := range all {
		at, _ := places.ByName(o.Town)
		how[o.ID] = places.Distance(here, at)
		if l.Town != "" && o.Town == l.Town {
			how[o.ID] = places.Here
		}
	}
	slices.SortStableFunc(all, func(a, b store.Organisation) int { return int(how[a.ID] - how[b.ID]) })
	var groups []officeGroup
	for _, o := range all[:min(len(all), maxOffices)] {
		near := nearness[how[o.ID]]
		if n := len(groups); n == 0 || groups[n-1].Near != near {
			groups = append(groups, officeGroup{Near: near})
		}
		g := &groups[len(groups)-1]
		g.List = append(g.List, o)
	}
	return groups, nil
}

// officeOf returns the directory's entry of the organisation that a lead was passed to, the nearest of that name.
func officeOf(name string, groups []officeGroup) *store.Organisation {
	for _, g := range groups {
		for i := range g.List {
			if g.List[i].Name == name {
				return &g.List[i]
			}
		}
	}
	return nil
}

// passLead notes the organisation that a lead is passed on to: one of the directory, or one that is written.
func (s *Server) passLead(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	name, other := v.form("organisation"), strings.Join(strings.Fields(v.form("other")), " ")
	if other != "" {
		name = other
	}
	if name == "" || utf8.RuneCountInString(name) > maxOrganisation {
		return v.refuse(leadPath(l.Number), "leads.pass.name")
	}
	err = s.Store.HandLead(v.R.Context(), l.Number, v.version(), l.Assignee, name, v.Account.Name)
	if err == nil {
		err = v.audit("lead.pass", l.Number, name)
	}
	return v.changed(l, err, func(d *leadData) {
		d.Picked, d.Other = name, ""
		if officeOf(name, d.Offices) == nil {
			d.Other = name
		}
	})
}

// mayLink reports whether an organisation has a lead that it can answer for.
func mayLink(l store.Lead) bool {
	return l.Organisation != "" && (l.Status == store.Referred || l.Status == store.InService)
}

// linkLead makes a link by which the organisation that has the lead answers without an account.
func (s *Server) linkLead(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	if !mayLink(l) {
		return v.refuse(leadPath(l.Number), "leads.link.first")
	}
	token, err := s.Store.AnswerLink(l.Number, l.Organisation, v.now().Add(store.AnswerLife))
	if err != nil {
		return err
	}
	if err := v.audit("lead.link", l.Number, l.Organisation); err != nil {
		return err
	}
	return s.showLead(v, http.StatusOK, l, func(d *leadData) {
		d.Link, d.LinkInside = s.outside()+"/console/answer/"+token, s.PublicURL == ""
	})
}

// outside is the service's address as others reach it. What a request says of it is not believed: a link with
// another's address would hand that other the lead.
func (s *Server) outside() string {
	if s.PublicURL != "" {
		return strings.TrimRight(s.PublicURL, "/")
	}
	return "http://" + s.Address
}
