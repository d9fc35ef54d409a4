// Package console is the web console of the staff: it draws pages from the store for those who may see them, and
// writes down who did what.
//
// It keeps accounts' sessions and the audit log through package store and nothing in memory but counters of failed
// sign-ins, what the last check of the documents found and, for a quarter of an hour, files that their owners may
// fetch. It never shows contact data to a role that may not see it, never changes anything on a GET, never loads
// anything from elsewhere, and never decides what the bot says: what staff teach and set goes through package teach
// and the Office that the program lends.
//
// To add a page: write its handlers as func(*visit) error and a func (s *Server) xRoutes() []route in a file of
// its own; add that func to routes in routes.go; put its template into templates (what several share into a
// part_x.html) and its sentences, in Chinese and English, into a text_x.go listed in text.go; add its rows to
// testdata/routes.txt, which the walk test compares with what every role really gets. A route names the permission it
// needs; permissions.go says who holds it, and nothing is open that is not listed there. Fields of a form are read by
// visit.form, raw and all: whatever a form holds besides is told in the log. A page that keeps itself current marks
// its parts data-live and ends with the template "live"; what its own requests do by themselves is no use of a session.
package console
