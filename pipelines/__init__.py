"""The flow that ties the rooms together: intake, one transmission, one batch, schedules, reports."""
