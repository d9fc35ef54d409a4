package console

import (
	"net/http"
	"slices"
)

// route is one address of the console. pattern is net/http's, without the method.
type route struct {
	method, pattern string
	need            permission
	serve           func(*visit) error
}

// routes is every route there is. What is not listed is 404.
func (s *Server) routes() []route {
	return slices.Concat(
		s.signinRoutes(),
		s.selfRoutes(),
		s.accountRoutes(),
		s.auditRoutes(),
		s.leadRoutes(),
		s.directoryRoutes(),
		s.questionRoutes(),
		s.knowledgeRoutes(),
		s.settingsRoutes(),
		s.letterRoutes(),
		s.exportRoutes(),
		s.overviewRoutes(),
	)
}

func (r route) String() string { return r.method + " " + r.pattern }

// mutating reports whether requests of a method may change something.
func mutating(method string) bool { return method != http.MethodGet && method != http.MethodHead }
