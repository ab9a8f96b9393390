SET LOCAL statement_timeout = '300s'
