-- The carrier has said that a call reached its contact, which somebody had decided to ring again: where that other call has not
-- been made yet, nobody makes it. A gate that lets it through holds the contact's row, and whichever comes second sees the other.
WITH skipped AS (
    UPDATE contacts
    SET status = 'skipped', next_attempt_at = NULL, window_zone = NULL, reason = 'reached_before'
    FROM call_decisions
    JOIN contacts AS again ON again.campaign_id = call_decisions.redialled_in AND again.phone = :phone
    WHERE call_decisions.attempt_id = :attempt AND contacts.id = again.id AND contacts.status = 'waiting'
    RETURNING contacts.campaign_id
)
INSERT INTO unfolded (account_id, campaign_id, contact_waiting, contact_skipped)
SELECT :account, campaign_id, -1, 1 FROM skipped
RETURNING campaign_id
