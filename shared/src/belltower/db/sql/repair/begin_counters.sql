INSERT INTO campaign_progress (campaign_id) VALUES (CAST(:key AS uuid)) ON CONFLICT DO NOTHING
