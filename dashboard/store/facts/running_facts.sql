-- Grain: one time entry with a running timer, where Harvest's reports leave those out: as time_facts.
-- Such entries are in no metric.
SELECT f.* FROM snapshot.time_facts AS f WHERE $running_left_out AND f.is_running
