//! Conversations told in every wrong way.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

/// What the table does with turns: a place has one turn, a turn one place, and nothing known is forgotten.
#[derive(Default)]
struct Table {
    turns: BTreeMap<usize, KeptTurn>,
    places: HashMap<String, usize>,
}

impl Table {
    fn put(&mut self, turn: &KeptTurn) -> bool {
        if let Some(there) = self.turns.get_mut(&turn.index) {
            let same = there.item_id == turn.item_id;
            if same {
                *there = there.merged(turn);
            }
            return same;
        }
        if self.places.contains_key(&turn.item_id) {
            return false;
        }
        self.places.insert(turn.item_id.clone(), turn.index);
        self.turns.insert(turn.index, turn.clone());
        true
    }

    fn kept(&self) -> Vec<KeptTurn> {
        self.turns.values().cloned().collect()
    }

    /// Ids in order.
    fn ids(&self) -> Vec<&str> {
        self.turns.values().map(|turn| turn.item_id.as_str()).collect()
    }

    fn said(&self) -> Vec<&str> {
        let shown = self.turns.values().filter(|turn| turn.is_shown());
        shown.map(|turn| turn.turn.message.as_str()).collect()
    }
}

/// Writes what a book has to write, as its documentation says; at most `most` turns.
fn write(book: &mut TurnBook, table: &mut Table, most: usize) {
    let mut left = most;
    for _ in 0..1_000 {
        let mut refused = false;
        for turn in book.to_write() {
            if left == 0 {
                return;
            }
            left -= 1;
            match table.put(&turn) {
                true => book.written(&turn),
                false => {
                    book.join(table.kept());
                    refused = true;
                    break;
                }
            }
        }
        if !refused {
            return;
        }
    }
    panic!("a book finds no places: {book:?}");
}

const USER: ItemKind = ItemKind::Said(Speaker::User);
const AGENT: ItemKind = ItemKind::Said(Speaker::Agent);

fn messages(book: &TurnBook) -> Vec<String> {
    book.transcript().into_iter().map(|turn| turn.message).collect()
}

#[test]
fn a_callers_words_that_come_after_the_reply_stand_before_it() {
    let mut book = TurnBook::default();
    book.added("greeting", None, AGENT, 0);
    book.text("greeting", Speaker::Agent, 0, "Hello!", 1);
    book.added("question", Some("greeting"), USER, 2);
    book.added("answer", Some("question"), AGENT, 3);
    book.text("answer", Speaker::Agent, 0, "At nine.", 4);
    assert_eq!(messages(&book), ["Hello!", "At nine."]);
    assert_eq!(book.open(), ["question"]);
    assert!(!book.is_whole());
    book.text("question", Speaker::User, 0, "When do you open?", 5);
    assert_eq!(messages(&book), ["Hello!", "When do you open?", "At nine."]);
    assert!(book.is_whole());
    let places: Vec<usize> = book.to_write().iter().map(|turn| turn.index).collect();
    assert_eq!(places, [1_024, 1_088, 1_152]);
}

#[test]
fn what_is_told_again_is_not_written_again() {
    let (mut book, mut table) = (TurnBook::default(), Table::default());
    for _ in 0..3 {
        book.added("a", None, USER, 0);
        book.text("a", Speaker::User, 0, "Hello?", 1);
        book.added("b", Some("a"), ItemKind::Tool("look_up_caller".to_owned()), 2);
        book.added("c", Some("b"), ItemKind::Hidden, 2);
        write(&mut book, &mut table, usize::MAX);
        assert!(book.to_write().is_empty());
        assert_eq!(table.ids(), ["a", "b", "c"]);
    }
    assert_eq!(
        table.said(),
        ["Hello?", ""],
        "the tool is seen, its answer is not"
    );
    let again = TurnBook::from_kept(table.kept());
    assert!(again.to_write().is_empty() && again.is_whole());
    assert_eq!(again.transcript(), book.transcript());
}

#[test]
fn a_turn_waits_for_the_one_before_it_and_not_for_ever() {
    let mut book = TurnBook::default();
    book.added("a", None, AGENT, 0);
    // The connection was gone for a moment, and `b` was told of meanwhile.
    book.added("c", Some("b"), AGENT, 10);
    book.text("c", Speaker::Agent, 0, "Anything else?", 11);
    assert_eq!(book.unknown(), ["b"]);
    assert!(messages(&book).is_empty());
    let mut patient = book.clone();
    book.added("b", Some("a"), USER, 12);
    book.text("b", Speaker::User, 0, "A cleaning, please.", 12);
    assert_eq!(messages(&book), ["A cleaning, please.", "Anything else?"]);

    patient.settle(10);
    assert!(messages(&patient).is_empty(), "it has not waited long enough");
    patient.settle(11);
    assert_eq!(messages(&patient), ["Anything else?"]);
    // Asked for, it says what it is and not where.
    patient.found("b", USER, 14);
    patient.text("b", Speaker::User, 0, "A cleaning, please.", 14);
    assert_eq!(messages(&patient), ["A cleaning, please.", "Anything else?"]);
    assert!(patient.unknown().is_empty());

    let mut gone = TurnBook::default();
    gone.added("y", Some("x"), USER, 0);
    gone.text("y", Speaker::User, 0, "Bye.", 1);
    gone.lost("x");
    assert!(
        gone.unknown().is_empty(),
        "what cannot be had is not asked for again"
    );
    gone.close();
    assert!(gone.is_whole());
    assert_eq!(messages(&gone), ["Bye."]);
}

#[test]
fn what_was_asked_for_has_its_place_at_once() {
    let mut book = TurnBook::default();
    book.added("a", None, AGENT, 1);
    book.text("a", Speaker::Agent, 0, "one", 1);
    // Nobody told of b, and c is known by its predecessor.
    book.added("c", Some("b"), AGENT, 5);
    book.text("c", Speaker::Agent, 0, "three", 6);
    assert_eq!(book.unknown(), ["b"]);
    assert!(book.has_waiting());
    book.found("b", USER, 6);
    book.text("b", Speaker::User, 0, "two", 6);
    book.placeless("b");
    assert_eq!(messages(&book), ["one", "two", "three"]);
    assert!(!book.has_waiting());
}

#[test]
fn what_was_asked_for_does_not_overtake_what_waits_before_it() {
    let mut book = TurnBook::default();
    book.added("a", None, AGENT, 1);
    book.text("a", Speaker::Agent, 0, "one", 1);
    book.added("c", Some("b"), AGENT, 5);
    book.text("c", Speaker::Agent, 0, "three", 6);
    book.added("e", Some("d"), AGENT, 7);
    book.text("e", Speaker::Agent, 0, "five", 7);
    book.found("d", USER, 8);
    book.text("d", Speaker::User, 0, "four", 8);
    book.placeless("d");
    assert_eq!(messages(&book), ["one"], "b may still be found");
    book.found("b", USER, 8);
    book.text("b", Speaker::User, 0, "two", 8);
    book.placeless("b");
    assert_eq!(messages(&book), ["one", "two", "three", "four", "five"]);
}

#[test]
fn text_that_is_lost_is_shown_as_lost_until_it_comes() {
    let mut book = TurnBook::default();
    book.added("a", None, USER, 0);
    book.added("b", Some("a"), AGENT, 1);
    book.added("c", Some("b"), AGENT, 2);
    book.silent("c");
    book.close();
    let states: Vec<_> = book
        .to_write()
        .iter()
        .map(|turn| (turn.state, turn.is_shown()))
        .collect();
    let expected = [
        (TurnState::Lost, true),
        (TurnState::Lost, true),
        (TurnState::Done, false),
    ];
    assert_eq!(states, expected);
    book.text("a", Speaker::User, 0, "I am here.", 9);
    book.lost("a");
    let a = &book.to_write()[0];
    assert_eq!(
        (a.state, a.turn.message.as_str()),
        (TurnState::Done, "I am here.")
    );
}

#[test]
fn an_interruption_is_kept_whoever_knows_of_it() {
    let (mut one, mut table) = (TurnBook::default(), Table::default());
    one.added("a", None, AGENT, 0);
    write(&mut one, &mut table, usize::MAX);
    let mut two = TurnBook::from_kept(table.kept());
    one.interrupted("a");
    write(&mut one, &mut table, usize::MAX);
    two.text("a", Speaker::Agent, 0, "We are open from", 2);
    write(&mut two, &mut table, usize::MAX);
    let kept = &table.kept()[0];
    assert_eq!(
        (kept.turn.message.as_str(), kept.turn.interrupted),
        ("We are open from", true)
    );
}

#[test]
fn parts_of_a_turn_come_in_any_order() {
    let mut book = TurnBook::default();
    book.added("a", None, USER, 0);
    book.text("a", Speaker::User, 1, " on Monday? ", 1);
    book.text("a", Speaker::User, 0, "Are you open", 2);
    assert_eq!(messages(&book), ["Are you open on Monday?"]);
    let kept = book.to_write();
    let mut successor = TurnBook::from_kept(kept);
    successor.text("a", Speaker::User, 1, " on Monday? ", 3);
    assert!(successor.to_write().is_empty());
    let kept = serde_json::to_value(&book.to_write()[0]).unwrap();
    let read: KeptTurn = serde_json::from_value(kept).unwrap();
    assert_eq!(read, book.to_write()[0]);
}

#[test]
fn whoever_was_too_late_finds_another_place_without_losing_its_order() {
    let (mut one, mut table) = (TurnBook::default(), Table::default());
    one.added("a", None, AGENT, 0);
    write(&mut one, &mut table, usize::MAX);
    // The second one missed `b`, and gave up waiting for it.
    let mut two = TurnBook::from_kept(table.kept());
    two.added("c", Some("b"), AGENT, 2);
    two.settle(u64::MAX);
    write(&mut two, &mut table, usize::MAX);
    one.added("b", Some("a"), USER, 1);
    one.added("c", Some("b"), AGENT, 2);
    one.added("d", Some("c"), USER, 3);
    write(&mut one, &mut table, usize::MAX);
    two.added("d", Some("c"), USER, 3);
    write(&mut two, &mut table, usize::MAX);
    assert_eq!(table.ids(), ["a", "b", "c", "d"]);
}

#[test]
fn nonsense_ends() {
    let mut book = TurnBook::default();
    book.added("", None, USER, 0);
    book.added(&"x".repeat(200), None, USER, 0);
    book.added("a", Some("b"), USER, 0);
    book.added("b", Some("a"), USER, 0);
    book.added("c", Some("c"), USER, 0);
    book.added("first", None, USER, 0);
    book.text("a", Speaker::User, 9_999, "far away", 0);
    book.lost("nobody");
    book.close();
    assert!(book.is_whole());
    assert_eq!(book.to_write().len(), 4);
    for n in 0..=MOST_ITEMS {
        book.added(&format!("item_{n}"), None, ItemKind::Hidden, 0);
    }
    assert!(book.to_write().len() <= MOST_ITEMS);
    assert!(book.to_write().iter().all(|turn| turn.index <= LAST));
}

/// One item of a conversation as it was.
#[derive(Debug, Clone)]
struct Spoken {
    kind: ItemKind,
    parts: u32,
    interrupted: bool,
}

fn spoken() -> impl Strategy<Value = Spoken> {
    let kind = prop_oneof![
        3 => Just(USER),
        3 => Just(AGENT),
        1 => Just(ItemKind::Tool("mark_urgent".to_owned())),
        1 => Just(ItemKind::Hidden),
    ];
    (kind, 1..=2u32, any::<bool>()).prop_map(|(kind, parts, interrupted)| Spoken {
        kind,
        parts,
        interrupted,
    })
}

fn id(n: usize) -> String {
    format!("item_{n}")
}

fn words(n: usize, part: u32) -> String {
    format!("words {n}.{part}")
}

/// What is told of a conversation.
#[derive(Debug, Clone)]
enum Told {
    Added(usize),
    Found(usize),
    Text(usize, u32),
    Interrupted(usize),
}

fn events_of(script: &[Spoken]) -> Vec<Told> {
    let mut events = Vec::new();
    for (n, item) in script.iter().enumerate() {
        events.push(Told::Added(n));
        if let ItemKind::Said(_) = item.kind {
            events.extend((0..item.parts).map(|part| Told::Text(n, part)));
            if item.interrupted {
                events.push(Told::Interrupted(n));
            }
        }
    }
    events
}

fn tell(book: &mut TurnBook, script: &[Spoken], told: &Told, at_secs: u64) {
    match *told {
        Told::Added(n) => {
            let previous = n.checked_sub(1).map(id);
            book.added(&id(n), previous.as_deref(), script[n].kind.clone(), at_secs);
        }
        Told::Found(n) => book.found(&id(n), script[n].kind.clone(), at_secs),
        Told::Text(n, part) => {
            if let ItemKind::Said(speaker) = script[n].kind {
                book.text(&id(n), speaker, part, &words(n, part), at_secs);
            }
        }
        Told::Interrupted(n) => book.interrupted(&id(n)),
    }
}

/// The messages that people should see, in order.
fn expected(script: &[Spoken]) -> Vec<String> {
    let seen = script.iter().enumerate().filter_map(|(n, item)| match item.kind {
        ItemKind::Said(_) => {
            let parts: Vec<String> = (0..item.parts).map(|part| words(n, part)).collect();
            Some(parts.join(" "))
        }
        ItemKind::Tool(_) => Some(String::new()),
        ItemKind::Hidden => None,
    });
    seen.collect()
}

proptest! {
    /// Everything is told, in any order, some of it twice: the table has the script, each turn once.
    #[test]
    fn whatever_the_order_of_events_the_transcript_is_the_script(
        script in prop::collection::vec(spoken(), 1..25),
        order in prop::collection::vec(any::<Index>(), 0..150),
        writes in prop::collection::vec(0..4usize, 1..20),
    ) {
        let mut all = events_of(&script);
        let repeats: Vec<Told> = order.iter().take(20).map(|at| all[at.index(all.len())].clone()).collect();
        all.extend(repeats);
        let mut shuffled = Vec::new();
        for at in &order {
            if all.is_empty() { break }
            let told = all.remove(at.index(all.len()));
            shuffled.push(told);
        }
        shuffled.extend(all);
        // An interruption is told of something that is known.
        let (last, first): (Vec<Told>, Vec<Told>) =
            shuffled.into_iter().partition(|told| matches!(told, Told::Interrupted(_)));
        let (mut book, mut table) = (TurnBook::default(), Table::default());
        for (n, told) in first.iter().chain(&last).enumerate() {
            tell(&mut book, &script, told, 0);
            write(&mut book, &mut table, writes[n % writes.len()]);
        }
        prop_assert!(book.is_whole(), "{:?}", book);
        write(&mut book, &mut table, usize::MAX);
        prop_assert_eq!(table.said(), expected(&script));
        prop_assert_eq!(table.turns.len(), script.len());
        for (n, item) in script.iter().enumerate() {
            let kept = &table.turns[&table.places[&id(n)]];
            let cut = item.interrupted && matches!(item.kind, ItemKind::Said(_));
            prop_assert_eq!(kept.turn.interrupted, cut);
        }
    }

    /// A successor comes while the first one still works: it attaches, reads what is kept, and takes what it has
    /// heard since. Both write. Then the first one goes.
    #[test]
    fn a_hand_over_loses_and_repeats_nothing(
        script in prop::collection::vec(spoken(), 2..30),
        attach in any::<Index>(),
        reads_after in 0..12usize,
        leaves_after in 0..12usize,
        writes in prop::collection::vec(0..3usize, 1..10),
        late in prop::collection::vec(0..6usize, 1..10),
    ) {
        // Items in their order, texts some events later.
        let mut events: Vec<(usize, usize, Told)> = events_of(&script)
            .into_iter()
            .enumerate()
            .map(|(n, told)| match told {
                Told::Added(_) => (n, 0, told),
                _ => (n + late[n % late.len()], 1, told),
            })
            .collect();
        events.sort_by_key(|(at, rank, _)| (*at, *rank));
        let events: Vec<Told> = events.into_iter().map(|(_, _, told)| told).collect();
        let attach = attach.index(events.len());
        let reads = (attach + reads_after).min(events.len());
        let leaves = (reads + leaves_after).min(events.len());
        let (mut one, mut table) = (TurnBook::default(), Table::default());
        let mut two: Option<TurnBook> = None;
        for n in 0..=events.len() {
            if n == reads {
                // Before it reads, whoever goes has written what it knew when the successor attached.
                if n == attach { write(&mut one, &mut table, usize::MAX); }
                let mut book = TurnBook::from_kept(table.kept());
                for told in &events[attach..n] {
                    tell(&mut book, &script, told, 0);
                }
                two = Some(book);
            }
            if n == attach {
                write(&mut one, &mut table, usize::MAX);
            }
            let Some(told) = events.get(n) else { break };
            if n < leaves {
                tell(&mut one, &script, told, 0);
                write(&mut one, &mut table, writes[n % writes.len()]);
            }
            if let Some(two) = &mut two {
                tell(two, &script, told, 0);
                write(two, &mut table, writes[(n + 1) % writes.len()]);
            }
        }
        let mut two = two.unwrap();
        two.join(table.kept());
        prop_assert!(two.is_whole(), "{:?}", two);
        write(&mut two, &mut table, usize::MAX);
        prop_assert_eq!(table.said(), expected(&script));
        prop_assert_eq!(table.turns.len(), script.len());
    }

    /// The connection drops and every gap hides one item. What others come after is asked for.
    #[test]
    fn a_turn_in_a_gap_is_asked_for_and_found(
        script in prop::collection::vec(spoken(), 3..25),
        gaps in prop::collection::vec(any::<bool>(), 25),
        settles in any::<bool>(),
    ) {
        let (mut book, mut table) = (TurnBook::default(), Table::default());
        let hidden = |n: usize| n > 0 && n + 1 < script.len() && gaps[n] && !gaps[n - 1];
        for told in events_of(&script) {
            let n = match told {
                Told::Added(n) | Told::Found(n) | Told::Text(n, _) | Told::Interrupted(n) => n,
            };
            if hidden(n) { continue }
            tell(&mut book, &script, &told, 0);
            if settles { book.settle(u64::MAX) }
            write(&mut book, &mut table, usize::MAX);
            for missing in book.unknown() {
                let n: usize = missing.trim_start_matches("item_").parse().unwrap();
                tell(&mut book, &script, &Told::Found(n), 0);
                for part in 0..script[n].parts {
                    tell(&mut book, &script, &Told::Text(n, part), 0);
                }
                if settles { book.settle(u64::MAX) }
            }
            write(&mut book, &mut table, usize::MAX);
        }
        book.settle(u64::MAX);
        write(&mut book, &mut table, usize::MAX);
        prop_assert!(book.unknown().is_empty());
        prop_assert_eq!(table.said(), expected(&script));
    }

    /// Whatever is lost on the way, and however impatient two holders are: no turn twice, and none without its words
    /// that anybody heard.
    #[test]
    fn two_impatient_holders_keep_every_turn_once(
        script in prop::collection::vec(spoken(), 1..20),
        heard in prop::collection::vec((any::<Index>(), any::<bool>(), 0..8u8), 1..200),
    ) {
        let all = events_of(&script);
        let mut books = [TurnBook::default(), TurnBook::default()];
        let mut table = Table::default();
        let mut known = std::collections::BTreeSet::new();
        for (at, which, then) in &heard {
            let book = &mut books[usize::from(*which)];
            let told = &all[at.index(all.len())];
            tell(book, &script, told, 0);
            if let Told::Added(n) | Told::Text(n, _) = told { known.insert(id(*n)); }
            match then {
                0 => book.settle(u64::MAX),
                1 => book.join(table.kept()),
                most => write(book, &mut table, usize::from(*most) - 2),
            }
        }
        for book in &mut books {
            book.close();
            write(book, &mut table, usize::MAX);
            prop_assert!(book.to_write().is_empty());
        }
        let ids: std::collections::BTreeSet<String> = table.ids().iter().map(|id| (*id).to_owned()).collect();
        prop_assert_eq!(ids.len(), table.turns.len(), "no turn has two places");
        prop_assert_eq!(ids, known);
        for (at, _, _) in &heard {
            if let Told::Text(n, part) = all[at.index(all.len())] {
                let kept = &table.turns[&table.places[&id(n)]];
                prop_assert!(kept.turn.message.contains(&words(n, part)));
            }
        }
    }
}
