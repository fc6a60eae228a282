//! Documents that the tests hand in.

/// An accepted XRechnung to the yard of the demo's town, with this number.
pub fn invoice(number: &str) -> Vec<u8> {
    let text = include_str!("../../../../blocks/invoice/samples/small-ubl.xml");
    text.replace(">2026-88<", &format!(">{number}<"))
        .replace("049990054321-BAUHOF-90", "039999990001-BAUHOF-09")
        .into_bytes()
}

/// What a bank says when it has booked every transfer of this order (pain.001): a camt.054.
pub fn bank_answer(order: &str) -> String {
    let bookings: String = order
        .split("<CdtTrfTxInf>")
        .skip(1)
        .map(|transfer| {
            let (id, amount) =
                (between(transfer, "<EndToEndId>", "<"), between(transfer, "<InstdAmt Ccy=\"EUR\">", "<"));
            format!(
                "<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
                 <NtryDtls><TxDtls><Refs><EndToEndId>{id}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>"
            )
        })
        .collect();
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><BkToCstmrDbtCdtNtfctn>\
         <GrpHdr><MsgId>B1</MsgId></GrpHdr><Ntfctn>{bookings}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
    )
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}")).1;
    rest.split_once(after).unwrap().0
}
