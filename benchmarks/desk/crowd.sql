-- One fax with one form for each number up to $documents; the newest $opened are in review.

INSERT INTO transmissions
  (id, status, received_at, size_bytes, format, page_count, priority, sender, attempts, audit_count, recorded_at,
   sampled)
SELECT encode(sha256(('fax ' || i)::bytea), 'hex'), CASE WHEN i <= $opened THEN 'in_review' ELSE 'recorded' END,
  timestamptz '2026-11-20 06:00+00' - i * interval '20 seconds', 30000, 'tiff-g4', 1, i % 7,
  '+1 555 010 ' || lpad((i % 10000)::text, 4, '0'), 0, 0,
  timestamptz '2026-11-20 06:00+00' - i * interval '20 seconds', true
FROM generate_series(1, $documents) AS i;

INSERT INTO documents
  (id, transmission_id, ordinal, form, version, pages, missing_pages, doubled_pages, identified, outcome)
SELECT md5('document ' || i)::uuid::text, encode(sha256(('fax ' || i)::bytea), 'hex'), 0, '$form', '$version',
  '[1]', '[]', '[]', 0.999, CASE WHEN i <= $opened THEN 'in_review' ELSE 'recorded' END
FROM generate_series(1, $documents) AS i;

INSERT INTO pages
  (transmission_id, number, document_id, kind, form, version, form_page, probability, width_px, height_px, x_dpi,
   y_dpi, quarter_turns, skew_degrees, doubtful)
SELECT encode(sha256(('fax ' || i)::bytea), 'hex'), 1, md5('document ' || i)::uuid::text, 'form', '$form',
  '$version', 1, 0.999, 1728, 2156, 204, 196, 0, 0, false
FROM generate_series(1, $documents) AS i;

INSERT INTO records (document_id, form, version, state, content, patient_rems_id, patient_last_name)
SELECT md5('document ' || i)::uuid::text, '$form', '$version',
  CASE WHEN i <= $opened THEN 'in_review' ELSE 'recorded' END, '{}', 'P-' || lpad(i::text, 7, '0') || 'A',
  (ARRAY['abbott', 'becerra', 'chaudhry', 'dimas', 'ekberg', 'fonseca', 'grunwald', 'ibarra'])[1 + i % 8]
  || ' ' || i / 1000
FROM generate_series(1, $documents) AS i;

INSERT INTO fields
  (document_id, name, kind, value, raw, confidence, decision, reader, model_version, template_version, page, box_px,
   candidates, reasons, handwritten)
SELECT md5('document ' || i)::uuid::text, f.name, f.kind, f.value::json, '', f.confidence, f.decision, 'print',
  'made up', '$version', 1, f.box::json, '[]', f.reasons::json, false
FROM generate_series(1, $opened) AS i,
  (VALUES $fields) AS f (name, kind, value, confidence, decision, box, reasons);

INSERT INTO review_tasks
  (id, transmission_id, document_id, page, field, kind, reason, priority, received_at, status, field_kind)
SELECT md5('task ' || i || f.name)::uuid::text, encode(sha256(('fax ' || i)::bytea), 'hex'),
  md5('document ' || i)::uuid::text, 1, f.name, 'field', 'disagree', i % 7,
  timestamptz '2026-11-20 06:00+00' - i * interval '20 seconds', 'open', f.kind
FROM generate_series(1, $opened) AS i,
  (VALUES $fields) AS f (name, kind, value, confidence, decision, box, reasons)
WHERE f.decision = 'review';

VACUUM ANALYZE transmissions;
VACUUM ANALYZE documents;
VACUUM ANALYZE pages;
VACUUM ANALYZE records;
VACUUM ANALYZE fields;
VACUUM ANALYZE review_tasks;
CHECKPOINT;
