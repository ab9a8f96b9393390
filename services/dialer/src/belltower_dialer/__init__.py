"""The workers: take due campaigns over, pass their contacts through the gate, place the calls, look after silent ones."""
