package console

// navItem is an entry of the menu.
type navItem struct {
	Key, Path string
	need      permission
}

// navigation is the menu, in its order; an account sees what it may open.
var navigation = []navItem{
	{"nav.leads", "/console/leads", permLeadsView},
	{"nav.overview", "/console/overview", permOverview},
	{"nav.export", "/console/export", permExport},
	{"nav.canned", "/console/canned", permLeadsAssign},
	{"nav.questions", "/console/questions", permTeach},
	{"nav.knowledge", "/console/knowledge", permKnowledge},
	{"nav.directory", "/console/directory", permDirectory},
	{"nav.accounts", "/console/accounts", permAccounts},
	{"nav.settings", "/console/settings", permSettings},
	{"nav.letters", "/console/letters", permDeadLetters},
	{"nav.audit", "/console/audit", permAudit},
}

// Nav is the menu of this visit; for templates.
func (v *visit) Nav() []navItem {
	var items []navItem
	for _, n := range navigation {
		if v.Account.Name != "" && v.Account.Once.IsZero() && may(v.Account, n.need) {
			items = append(items, n)
		}
	}
	return items
}

// Here reports whether a menu's entry is the page being shown; for templates.
func (v *visit) Here(n navItem) bool {
	p := v.R.URL.Path
	return p == n.Path || len(p) > len(n.Path) && p[:len(n.Path)+1] == n.Path+"/"
}
