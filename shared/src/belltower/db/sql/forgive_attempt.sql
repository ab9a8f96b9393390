-- An attempt that was right is not counted after all.
UPDATE sign_in_attempts
SET attempts = attempts - 1
WHERE bucket = ANY (CAST(:buckets AS bytea[])) AND attempts > 0
