//! Painting laid-out pages with krilla, and building the tree of tags.
//!
//! krilla checks PDF/A-3b and PDF/UA-1 while it writes and refuses what would break them.
//!
//! Invariant: every drawn thing is either tagged or marked as decoration.

use std::collections::HashSet;
use std::num::{NonZeroU16, NonZeroU32};

use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
};
use krilla::{Document as Pdf, SerializeSettings};

use super::fonts::{Colour, Fonts};
use super::layout::{Bookmark, Draw, LaidOut, Node, NodeId, PAGE_HEIGHT, PAGE_WIDTH, ROOT, Role};
use super::{Document, File};
use crate::{PdfError, Relationship, Timestamp};

/// Paints the pages and gives back the file.
pub(super) fn paint(document: &Document, laid_out: LaidOut, fonts: &Fonts) -> Result<Vec<u8>, PdfError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A3_B)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| PdfError::Write(format!("{error:?}")))?;
    let mut pdf = Pdf::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let mut identifiers: Vec<Vec<Identifier>> = vec![Vec::new(); laid_out.nodes.len()];
    for page in &laid_out.pages {
        let settings =
            PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT).ok_or_else(|| PdfError::Write("page size".to_owned()))?;
        let mut painted = pdf.start_page_with(settings);
        let mut surface = painted.surface();
        for draw in page {
            paint_one(draw, &mut surface, fonts, &mut identifiers);
        }
        surface.finish();
        painted.finish();
    }
    let mut tree = TagTree::new();
    if let Some(root) = laid_out.nodes.get(ROOT.0) {
        for child in &root.children {
            tree.push(group(*child, &laid_out.nodes, &mut identifiers));
        }
    }
    pdf.set_tag_tree(tree);
    pdf.set_outline(outline(&laid_out.bookmarks));
    pdf.set_metadata(metadata(document));
    embed(&document.files, &mut pdf)?;
    pdf.finish().map_err(|error| PdfError::Write(format!("{error:?}")))
}

fn paint_one(draw: &Draw, surface: &mut Surface<'_>, fonts: &Fonts, identifiers: &mut [Vec<Identifier>]) {
    match draw {
        Draw::Fill { x, y, width, height, colour } => {
            let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) else { return };
            let mut path = PathBuilder::new();
            path.push_rect(rect);
            let Some(path) = path.finish() else { return };
            let decoration = Artifact::with_kind(ArtifactType::Layout);
            surface.start_tagged(ContentTag::Artifact(decoration));
            surface.set_fill(Some(fill(*colour)));
            surface.draw_path(&path);
            surface.end_tagged();
        }
        Draw::Text { x, baseline, set, text, node } => {
            let tag = match node {
                Some(_) => ContentTag::Span(SpanTag::empty()),
                None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)),
            };
            let identifier = surface.start_tagged(tag);
            surface.set_fill(Some(fill(set.colour)));
            let glyphs = fonts.glyphs(text, set.face);
            let start = Point::from_xy(*x, *baseline);
            surface.draw_glyphs(start, &glyphs, fonts.font(set.face), text, set.size, false);
            surface.end_tagged();
            if let Some(own) = node.and_then(|NodeId(index)| identifiers.get_mut(index)) {
                own.push(identifier);
            }
        }
    }
}

fn fill(colour: Colour) -> Fill {
    let (red, green, blue) = colour;
    Fill { paint: rgb::Color::new(red, green, blue).into(), opacity: NormalizedF32::ONE, rule: Default::default() }
}

/// The tree is a handful of levels deep, so recursion is safe.
fn group(id: NodeId, nodes: &[Node], identifiers: &mut [Vec<Identifier>]) -> TagGroup {
    let NodeId(index) = id;
    let mut group = TagGroup::new(tag(&nodes[index].role));
    for identifier in std::mem::take(&mut identifiers[index]) {
        group.push(identifier);
    }
    for child in &nodes[index].children {
        group.push(self::group(*child, nodes, identifiers));
    }
    group
}

fn tag(role: &Role) -> TagKind {
    match role {
        Role::Document | Role::Section => Tag::Div.into(),
        Role::Heading(level, title) => {
            let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
            Tag::Hn(level, Some(title.clone())).into()
        }
        Role::Paragraph => Tag::P.into(),
        Role::Table { summary } => {
            let summary = Some(summary.clone()).filter(|summary| !summary.is_empty());
            Tag::Table.with_summary(summary).into()
        }
        Role::TableHead => Tag::THead.into(),
        Role::TableBody => Tag::TBody.into(),
        Role::Row => Tag::TR.into(),
        Role::ColumnHeader => Tag::TH(TableHeaderScope::Column).into(),
        Role::RowHeader => Tag::TH(TableHeaderScope::Row).into(),
        Role::Cell { span: 1 } => Tag::TD.into(),
        Role::Cell { span } => Tag::TD.with_col_span(NonZeroU32::new(*span)).into(),
    }
}

/// Bookmarks, each below the nearest one before it with a smaller level.
fn outline(bookmarks: &[Bookmark]) -> Outline {
    let mut outline = Outline::new();
    let mut open: Vec<(u16, OutlineNode)> = Vec::new();
    let close = |open: &mut Vec<(u16, OutlineNode)>, outline: &mut Outline, level: u16| {
        while open.last().is_some_and(|(last, _)| *last >= level) {
            let Some((_, node)) = open.pop() else { break };
            match open.last_mut() {
                Some((_, parent)) => parent.push_child(node),
                None => outline.push_child(node),
            }
        }
    };
    for bookmark in bookmarks {
        close(&mut open, &mut outline, bookmark.level);
        let place = XyzDestination::new(bookmark.page, Point::from_xy(0.0, bookmark.y));
        open.push((bookmark.level, OutlineNode::new(bookmark.title.clone(), place)));
    }
    close(&mut open, &mut outline, 0);
    outline
}

fn metadata(document: &Document) -> Metadata {
    let mut metadata = Metadata::new()
        .title(document.title.clone())
        .language(document.lang.tag().to_owned())
        .creator(document.creator.clone())
        .producer("vir (krilla)".to_owned())
        .creation_date(date(document.date));
    if let Some(author) = &document.author {
        metadata = metadata.authors(vec![author.clone()]);
    }
    if let Some(subject) = &document.subject {
        metadata = metadata.description(subject.clone());
    }
    metadata
}

fn date(time: Timestamp) -> DateTime {
    let (year, month, day) = time.date();
    let (hour, minute, second) = time.time();
    let hours = i8::try_from(time.offset() / 60).unwrap_or(0);
    let minutes = u8::try_from(time.offset().unsigned_abs() % 60).unwrap_or(0);
    DateTime::new(year)
        .month(month)
        .day(day)
        .hour(hour)
        .minute(minute)
        .second(second)
        .utc_offset_hour(hours)
        .utc_offset_minute(minutes)
}

fn embed(files: &[File], pdf: &mut Pdf) -> Result<(), PdfError> {
    let mut names = HashSet::new();
    for file in files {
        let name = unused_name(&file.name, &mut names);
        let description = Some(&file.description).filter(|text| !text.is_empty());
        let embedded = EmbeddedFile {
            path: name.clone(),
            mime_type: MimeType::new(&file.mime).or_else(|| MimeType::new("application/octet-stream")),
            description: Some(description.unwrap_or(&name).clone()),
            association_kind: match file.relationship {
                Relationship::Data => AssociationKind::Data,
                Relationship::Source => AssociationKind::Source,
                Relationship::Alternative => AssociationKind::Alternative,
                Relationship::Supplement => AssociationKind::Supplement,
                Relationship::Unspecified | Relationship::Other => AssociationKind::Unspecified,
            },
            data: file.bytes.clone().into(),
            modification_date: Some(date(file.modified)),
            compress: Some(true),
            location: None,
        };
        pdf.embed_file(embedded).ok_or_else(|| PdfError::Write(format!("the file name {name} occurs twice")))?;
    }
    Ok(())
}

/// The name, or with a number before its ending if it is taken.
pub(crate) fn unused_name(name: &str, taken: &mut HashSet<String>) -> String {
    let name = if name.is_empty() { "file" } else { name };
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let mut candidate = name.to_owned();
    for number in 2.. {
        if taken.insert(candidate.clone()) {
            break;
        }
        candidate = format!("{stem}-{number}{ending}");
    }
    candidate
}
