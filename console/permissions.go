package console

import (
	"slices"

	"smebot/store"
)

// permission is what a route needs. Its zero value is held by nobody.
type permission string

// The permissions. Whoever holds none of a page's is refused.
const (
	permPublic      permission = "public"       // without signing in
	permHome        permission = "home"         // everybody who signed in
	permLeadsView   permission = "leads.view"   // read leads: a viewer masked, an agent own and unassigned ones
	permLeadsWork   permission = "leads.work"   // move, note, reveal, reply
	permLeadsAssign permission = "leads.assign" // give leads to others
	permExport      permission = "export"
	permOverview    permission = "overview"
	permTeach       permission = "teach"     // answer what the bot could not
	permDirectory   permission = "directory" // organisations
	permKnowledge   permission = "knowledge" // documents
	permAccounts    permission = "accounts"
	permSettings    permission = "settings"
	permDeadLetters permission = "deadletters"
	permAudit       permission = "audit"
)

// holders says which roles hold a permission. It is the one place where that is decided; who may see which lead is
// decided by mayLead beside it.
var holders = map[permission][]store.Role{
	permHome:        store.Roles(),
	permLeadsView:   {store.RoleViewer, store.RoleAgent, store.RoleSupervisor},
	permLeadsWork:   {store.RoleAgent, store.RoleSupervisor},
	permLeadsAssign: {store.RoleSupervisor},
	permExport:      {store.RoleSupervisor},
	permOverview:    {store.RoleViewer, store.RoleSupervisor},
	permTeach:       {store.RoleSupervisor},
	permDirectory:   {store.RoleSupervisor},
	permKnowledge:   {store.RoleSupervisor},
	permAccounts:    {store.RoleAdmin},
	permSettings:    {store.RoleAdmin},
	permDeadLetters: {store.RoleAdmin},
	permAudit:       {store.RoleAdmin, store.RoleAuditor},
}

// may reports whether an account holds a permission.
func may(a store.Account, p permission) bool {
	return p == permPublic || slices.Contains(holders[p], a.Role)
}

// mayLead reports whether an account may open a lead of this assignee: an agent sees own and unassigned ones.
func mayLead(a store.Account, assignee string) bool {
	if a.Role == store.RoleAgent {
		return assignee == "" || assignee == a.Name
	}
	return may(a, permLeadsView)
}

// masked reports whether an account sees contact data only masked, without a way to reveal it.
func masked(a store.Account) bool { return !may(a, permLeadsWork) }
