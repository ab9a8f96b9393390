"""The paths that are measured, one a module: Belltower and its raw baseline on the same servers, one after the other."""

PATHS = {
    "idle lateness": "idle_lateness",
    "immediate campaign": "immediate",
    "due storm": "due_storm",
    "dialling": "dialling",
    "large campaign": "large_campaign",
    "scaling": "scaling",
    "contact import": "contact_import",
    "API": "api_requests",
    "callbacks": "callbacks",
    "live view": "live_view",
    "at rest": "at_rest",
}
"""Their names and modules, in the order in which they are measured and shown."""
