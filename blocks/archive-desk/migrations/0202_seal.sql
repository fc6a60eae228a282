-- The seal of a batch's transfer note: both files, as they were sealed, until they are in a record.
create table scan_seal (
  {tenant}
  batch_id TEXT not null,
  note_blob TEXT,                        -- the note as PDF/A, byte for byte as it was sealed; null: in the record
  note_sha512 TEXT not null,
  seal_blob TEXT,                        -- the seal (CAdES); null: not made yet, or in the record
  seal_sha512 TEXT,
  document_id TEXT,                      -- the seal in the record
  primary key ({t}batch_id)
);
