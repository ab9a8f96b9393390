SELECT extract(epoch FROM min(check_at) - clock_timestamp())::float AS due_in FROM attempts WHERE check_at IS NOT NULL
