-- +goose Up

-- What an organisation answered by its link that staff have yet to act on: '' for nothing.
ALTER TABLE leads ADD COLUMN answer TEXT NOT NULL DEFAULT '';
UPDATE leads SET answer = COALESCE((SELECT substr(e.action, 14) FROM lead_events e WHERE e.lead = leads.number AND e.actor = 'organisation'
    AND e.detail = leads.organisation AND e.action IN ('organisation cannot help', 'organisation reached nobody')
    AND NOT EXISTS (SELECT 1 FROM lead_events m WHERE m.lead = e.lead AND m.version > e.version
        AND (m.actor = 'organisation' OR m.action = 'passed on' OR m.action LIKE 'moved to %'))), '')
    WHERE status IN ('new', 'contacted', 'referred', 'in_service');

-- +goose Down
ALTER TABLE leads DROP COLUMN answer;
