package main

import (
	"context"

	"smebot/store"
)

// officeKeeper is the directory as the console changes it: what is stored is put to use at once.
type officeKeeper struct{ g *engine }

// SaveOrganisations stores an import.
func (k officeKeeper) SaveOrganisations(ctx context.Context, list []store.Organisation) (store.Saved, error) {
	return k.g.saveOrganisations(ctx, list)
}

// RemoveOrganisations removes organisations by their ids.
func (k officeKeeper) RemoveOrganisations(ctx context.Context, ids []string) error {
	return k.g.removeOrganisations(ctx, ids)
}
