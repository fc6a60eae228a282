//! Rows as a spreadsheet (Office Open XML).
//!
//! Invariant: memory does not grow with the rows: each goes to a temporary file as it comes, and
//! texts are written where they stand instead of being gathered. Texts are texts, never formulas.

use std::io::{Read, Seek, SeekFrom};

use rust_xlsxwriter::{Color, Format, FormatAlign, Workbook, XlsxError};
use vir_core::Lang;

use super::columns::Cell;

/// Rows that a sheet takes below its heading; then the next sheet begins.
const ROWS: u32 = 1_048_575;
/// What a cell takes.
const LONGEST: usize = 32_767;

/// A spreadsheet in the making.
pub struct Sheet {
    workbook: Workbook,
    headings: Vec<String>,
    name: String,
    sheets: u32,
    /// The next row, from 0; the heading is row 0.
    row: u32,
    heading: Format,
    money: Format,
    day: Format,
    moment: Format,
}

impl Sheet {
    /// A spreadsheet with these headings.
    pub fn new(name: &str, headings: Vec<String>, lang: Lang) -> Result<Self, XlsxError> {
        let heading =
            Format::new().set_bold().set_background_color(Color::RGB(0x00E4_EDFB)).set_align(FormatAlign::Top);
        let date = lang.tr("dd.mm.yyyy", "yyyy-mm-dd");
        let mut sheet = Self {
            workbook: Workbook::new(),
            headings,
            name: name.to_owned(),
            sheets: 0,
            row: 0,
            heading,
            money: Format::new().set_num_format("#,##0.00"),
            day: Format::new().set_num_format(date),
            moment: Format::new().set_num_format(format!("{date} hh:mm")),
        };
        sheet.begin()?;
        Ok(sheet)
    }

    fn begin(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        let name = if self.sheets == 1 { self.name.clone() } else { format!("{} {}", self.name, self.sheets) };
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(&name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, heading) in (0u16..).zip(&self.headings) {
            sheet.set_column_width(column, 18)?;
            sheet.write_string_with_format(0, column, heading, &self.heading)?;
        }
        self.row = 1;
        Ok(())
    }

    /// Adds a row.
    pub fn add(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        if self.row > ROWS {
            self.begin()?;
        }
        let index = usize::try_from(self.sheets - 1).unwrap_or(0);
        let sheet = self.workbook.worksheet_from_index(index)?;
        for (column, cell) in (0u16..).zip(cells) {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => {
                    let text: String = text.chars().filter(|c| !c.is_control() || *c == '\n').take(LONGEST).collect();
                    sheet.write_string(self.row, column, &text)?;
                }
                Cell::Day(day) => {
                    sheet.write_number_with_format(self.row, column, serial(*day), &self.day)?;
                }
                Cell::Moment(moment) => {
                    let here = moment.to_zoned(vir_web::format::german_time());
                    let time = here.time();
                    let minutes = f64::from(i32::from(time.hour()) * 60 + i32::from(time.minute()));
                    let value = serial(here.date()) + minutes / 1440.0;
                    sheet.write_number_with_format(self.row, column, value, &self.moment)?;
                }
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "a spreadsheet has no other numbers; exact to 90 trillion"
                )]
                Cell::Cents(cents) => {
                    sheet.write_number_with_format(self.row, column, *cents as f64 / 100.0, &self.money)?;
                }
                #[expect(clippy::cast_precision_loss, reason = "as above")]
                Cell::Tenths(tenths) => {
                    sheet.write_number(self.row, column, *tenths as f64 / 10.0)?;
                }
                #[expect(clippy::cast_precision_loss, reason = "as above")]
                Cell::Count(count) => {
                    sheet.write_number(self.row, column, *count as f64)?;
                }
            }
        }
        self.row += 1;
        Ok(())
    }

    /// The finished file, at its beginning. It is gone when it is closed.
    pub fn finish(mut self) -> Result<impl Read + Send + 'static, XlsxError> {
        let columns = u16::try_from(self.headings.len().max(1) - 1).unwrap_or(0);
        let last = self.row.max(1) - 1;
        if self.sheets == 1 {
            self.workbook.worksheet_from_index(0)?.autofilter(0, 0, last, columns)?;
        }
        let mut file = tempfile::tempfile()?;
        self.workbook.save_to_writer(&mut file)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

/// Days since 1899-12-30, as spreadsheets count.
fn serial(day: jiff::civil::Date) -> f64 {
    let begin = jiff::civil::Date::constant(1899, 12, 30);
    f64::from(begin.until(day).map_or(0, |span| span.get_days()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_has_numbers_dates_and_inert_texts() {
        let headings = vec!["Rechnungssteller".to_owned(), "Betrag".into(), "Fällig".into()];
        let mut sheet = Sheet::new("Rechnungen", headings, Lang::De).unwrap();
        let day = Cell::Day(jiff::civil::Date::constant(2026, 11, 22));
        sheet.add(&[Cell::Text("=HYPERLINK(\"x\")".into()), Cell::Cents(123_450), day]).unwrap();
        let mut bytes = Vec::new();
        sheet.finish().unwrap().read_to_end(&mut bytes).unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut xml = String::new();
        archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut xml).unwrap();
        assert!(xml.contains("<v>1234.5</v>") && xml.contains("<v>46348</v>"), "{xml}");
        assert!(xml.contains("=HYPERLINK") && !xml.contains("<f>"), "{xml}");
    }
}
