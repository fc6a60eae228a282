-- The words of an invoice's lines and notes (BT-22, BT-127, BT-153, BT-154), folded as the search folds
-- them and each once. Beside the invoice, because no list reads them; only whoever makes it findable does.
create table invoice_words (
  {tenant}
  invoice_id TEXT not null,
  words TEXT not null,
  primary key ({t}invoice_id)
);
