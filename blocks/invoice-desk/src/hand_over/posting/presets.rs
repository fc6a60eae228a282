//! Starting points for mappings.
//!
//! Only the generic one is a format of ours. The others follow what is publicly known of the systems'
//! imports; none was tried on the system itself, and each says so. Who sets up a finance system compares
//! with the description of its vendor and changes the columns.
//!
//! Invariant: every preset passes [`Mapping::check`] and has a remark on what is unproven.

use vir_core::Phrase;

use super::mapping::Field::{
    Account, Amount, Batch, BuyerReference, CostCentre, Currency, DebitCredit, DueDate, Iban, IssueDate, Kind, Line,
    Number, OrderReference, OrderedBy, OrderedOn, Product, Received, Reference, Seller, SellerId, SignedAmount, Skonto,
    SkontoDate, Text, Unit, Voucher,
};
use super::{Column, DateForm, Encoding, Field, LineEnd, Mapping, NumberForm, Source};

/// A starting point.
#[derive(Debug, Clone, Copy)]
pub struct Preset {
    /// Its name in forms.
    pub id: &'static str,
    /// Its title.
    pub title: Phrase,
    /// What is unproven about it.
    pub remark: Phrase,
    columns: &'static [(&'static str, Cell, usize)],
    separator: char,
    header: bool,
    quote_all: bool,
    encoding: Encoding,
    number: NumberForm,
    date: DateForm,
}

#[derive(Debug, Clone, Copy)]
enum Cell {
    F(Field),
    C(&'static str),
}

use Cell::{C, F};

const UNTRIED: Phrase = Phrase::new(
    "Ausgangspunkt, nicht am System erprobt: Spalten, Reihenfolge und Schlüssel mit der Schnittstellenbeschreibung des Herstellers abgleichen und zuerst in ein Testsystem einlesen.",
    "A starting point, not tried on the system: compare columns, order and keys with the vendor's description, and import into a test system first.",
);

/// All presets, the generic one first.
pub const ALL: &[Preset] = &[
    Preset {
        id: "generic",
        title: Phrase::new("Allgemein (CSV)", "Generic (CSV)"),
        remark: Phrase::new(
            "Eigenes Format mit allen Angaben. Tabellenprogramme öffnen es unmittelbar.",
            "Our own format with all values. Spreadsheets open it directly.",
        ),
        columns: &[
            ("Übergabe", F(Batch), 0),
            ("Zeile", F(Line), 0),
            ("Belegnummer", F(Voucher), 0),
            ("Belegart", F(Kind), 0),
            ("Rechnungsnummer", F(Number), 0),
            ("Rechnungsdatum", F(IssueDate), 0),
            ("Eingang", F(Received), 0),
            ("Fällig", F(DueDate), 0),
            ("Skonto bis", F(SkontoDate), 0),
            ("Skonto", F(Skonto), 0),
            ("Rechnungssteller", F(Seller), 0),
            ("Kennung", F(SellerId), 0),
            ("IBAN", F(Iban), 0),
            ("Verwendungszweck", F(Reference), 0),
            ("Betrag", F(SignedAmount), 0),
            ("Währung", F(Currency), 0),
            ("Kostenstelle", F(CostCentre), 0),
            ("Sachkonto", F(Account), 0),
            ("Produkt", F(Product), 0),
            ("Einheit", F(Unit), 0),
            ("Leitweg-ID", F(BuyerReference), 0),
            ("Bestellnummer", F(OrderReference), 0),
            ("Angeordnet von", F(OrderedBy), 0),
            ("Angeordnet am", F(OrderedOn), 0),
        ],
        separator: ';',
        header: true,
        quote_all: false,
        encoding: Encoding::Utf8Bom,
        number: NumberForm::Comma,
        date: DateForm::German,
    },
    Preset {
        id: "datev-like",
        title: Phrase::new("Ähnlich DATEV-Buchungsstapel", "Similar to the DATEV posting batch"),
        remark: Phrase::new(
            "Die ersten Spalten eines Buchungsstapels, ohne dessen Kopfzeile (EXTF). Nicht an DATEV erprobt; die Kopfzeile mit Berater- und Mandantennummer muss ergänzt werden.",
            "The first columns of a posting batch, without its header line (EXTF). Not tried with DATEV; the header with consultant and client numbers has to be added.",
        ),
        columns: &[
            ("Umsatz (ohne Soll/Haben-Kz)", F(Amount), 0),
            ("Soll/Haben-Kennzeichen", F(DebitCredit), 0),
            ("WKZ Umsatz", F(Currency), 3),
            ("Kurs", C(""), 0),
            ("Basis-Umsatz", C(""), 0),
            ("WKZ Basis-Umsatz", C(""), 0),
            ("Konto", F(Account), 9),
            ("Gegenkonto (ohne BU-Schlüssel)", C(""), 9),
            ("BU-Schlüssel", C(""), 0),
            ("Belegdatum", F(IssueDate), 0),
            ("Belegfeld 1", F(Voucher), 36),
            ("Belegfeld 2", F(Number), 12),
            ("Skonto", F(Skonto), 0),
            ("Buchungstext", F(Text), 60),
            ("KOST1 - Kostenstelle", F(CostCentre), 36),
        ],
        separator: ';',
        header: true,
        quote_all: false,
        encoding: Encoding::Windows1252,
        number: NumberForm::Comma,
        date: DateForm::Ddmm,
    },
    Preset {
        id: "sap",
        title: Phrase::new("Vorlage für SAP (Kreditorenbeleg)", "Template for SAP (vendor invoice)"),
        remark: UNTRIED,
        columns: &[
            ("BUKRS", C("1000"), 4),
            ("BLART", C("KR"), 2),
            ("BLDAT", F(IssueDate), 0),
            ("BUDAT", F(OrderedOn), 0),
            ("XBLNR", F(Number), 16),
            ("BKTXT", F(Voucher), 25),
            ("LIFNR", F(SellerId), 10),
            ("SHKZG", F(DebitCredit), 1),
            ("WRBTR", F(Amount), 0),
            ("WAERS", F(Currency), 5),
            ("HKONT", F(Account), 10),
            ("KOSTL", F(CostCentre), 10),
            ("FIPEX", F(Product), 24),
            ("ZFBDT", F(DueDate), 0),
            ("SGTXT", F(Text), 50),
        ],
        separator: '\t',
        header: true,
        quote_all: false,
        encoding: Encoding::Utf8,
        number: NumberForm::Comma,
        date: DateForm::Compact,
    },
    Preset {
        id: "newsystem",
        title: Phrase::new("Vorlage für INFOMA newsystem", "Template for INFOMA newsystem"),
        remark: UNTRIED,
        columns: &[
            ("Belegnummer", F(Voucher), 20),
            ("Belegdatum", F(IssueDate), 0),
            ("Externe Belegnummer", F(Number), 35),
            ("Kreditor", F(SellerId), 20),
            ("Name", F(Seller), 50),
            ("Produkt", F(Product), 20),
            ("Sachkonto", F(Account), 20),
            ("Kostenstelle", F(CostCentre), 20),
            ("Betrag", F(SignedAmount), 0),
            ("Fälligkeit", F(DueDate), 0),
            ("Skontodatum", F(SkontoDate), 0),
            ("Skontobetrag", F(Skonto), 0),
            ("IBAN", F(Iban), 34),
            ("Verwendungszweck", F(Reference), 140),
            ("Buchungstext", F(Text), 50),
        ],
        separator: ';',
        header: true,
        quote_all: true,
        encoding: Encoding::Windows1252,
        number: NumberForm::Comma,
        date: DateForm::German,
    },
    Preset {
        id: "prodoppik",
        title: Phrase::new("Vorlage für H&H proDoppik", "Template for H&H proDoppik"),
        remark: UNTRIED,
        columns: &[
            ("Belegart", C("AO"), 2),
            ("Beleg", F(Voucher), 20),
            ("Datum", F(IssueDate), 0),
            ("Fälligkeit", F(DueDate), 0),
            ("Produktkonto", F(Product), 20),
            ("Konto", F(Account), 20),
            ("Kostenstelle", F(CostCentre), 20),
            ("Betrag", F(SignedAmount), 0),
            ("Empfänger", F(Seller), 60),
            ("IBAN", F(Iban), 34),
            ("Verwendungszweck", F(Reference), 140),
            ("Buchungstext", F(Text), 60),
        ],
        separator: ';',
        header: true,
        quote_all: false,
        encoding: Encoding::Windows1252,
        number: NumberForm::Comma,
        date: DateForm::German,
    },
];

impl Preset {
    /// The preset of this id.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|preset| preset.id == id)
    }

    /// The mapping to start from.
    #[must_use]
    pub fn mapping(&self) -> Mapping {
        let column = |(title, cell, longest): &(&str, Cell, usize)| Column {
            title: (*title).to_owned(),
            source: match cell {
                F(field) => Source::Field(*field),
                C(text) => Source::Constant((*text).to_owned()),
            },
            longest: *longest,
        };
        Mapping {
            name: self.title.de.to_owned(),
            columns: self.columns.iter().map(column).collect(),
            separator: self.separator,
            header: self.header,
            quote_all: self.quote_all,
            line_end: LineEnd::Crlf,
            encoding: self.encoding,
            number: self.number,
            date: self.date,
        }
    }
}
