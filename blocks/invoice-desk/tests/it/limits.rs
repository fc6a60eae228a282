//! Limits: the page of the operator's guide is the table in the code, and hostile files end there.

use vir_invoice_desk::invoice_row::{Channel, State, Trouble};
use vir_invoice_desk::limits;

use crate::desk::Desk;

#[test]
fn the_page_of_limits_is_up_to_date() {
    let page = include_str!("../../../../docs/betrieb/grenzen.md");
    let table = limits::table_markdown();
    assert!(page.contains(&table), "docs/betrieb/grenzen.md must contain:\n{table}");
}

#[tokio::test]
async fn hostile_documents_end_in_quarantine_and_quickly() {
    let desk = Desk::new("hostile").await;
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let entity = "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><a>&b;</a>";
    let outside = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>";
    for (name, bytes) in [("deep.xml", deep.as_str()), ("laughs.xml", entity), ("xxe.xml", outside)] {
        let receipt = desk.receive(Channel::Mail, name, bytes.as_bytes()).await;
        assert_eq!((receipt.state, receipt.trouble), (State::Quarantined, Some(Trouble::BrokenXml)), "{name}");
    }
    // A PDF that names one stream of zeros, packed, a thousand times larger than itself.
    let packed = {
        use std::io::Write as _;
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(&vec![0; 100 * 1024 * 1024]).unwrap();
        packer.finish().unwrap()
    };
    let mut bomb = b"%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(factur-x.xml) 3 0 R]>>>>>> endobj\n2 0 obj <</Type/Pages/Kids[]/Count 0>> endobj\n3 0 obj <</Type/Filespec/F(factur-x.xml)/EF<</F 4 0 R>>>> endobj\n".to_vec();
    bomb.extend_from_slice(
        format!("4 0 obj <</Type/EmbeddedFile/Filter/FlateDecode/Length {}>> stream\n", packed.len()).as_bytes(),
    );
    bomb.extend_from_slice(&packed);
    bomb.extend_from_slice(b"\nendstream endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n");
    let receipt = desk.receive(Channel::Mail, "bomb.pdf", bomb).await;
    assert_eq!((receipt.state, receipt.trouble), (State::Quarantined, Some(Trouble::BrokenPdf)));
}
