//! What changed is answered by its last state: a fact is stated, and stated otherwise later.

use homer_tests::*;

/// A fact, the same in the same words, in others, and once more, and a question about it.
struct Change {
    first: &'static str,
    same_words: &'static str,
    other_words: &'static str,
    again: &'static str,
    question: &'static str,
}

const fn change(
    first: &'static str,
    same_words: &'static str,
    other_words: &'static str,
    again: &'static str,
    question: &'static str,
) -> Change {
    Change { first, same_words, other_words, again, question }
}

const CHANGES: [Change; 22] = [
    change(
        "Lives in Hamburg",
        "Lives in Munich",
        "Moved and lives in Munich now",
        "Lives in Vienna",
        "Where does she live?",
    ),
    change(
        "The rent is 900 a month",
        "The rent is 950 a month",
        "The landlord raised the rent to 950",
        "The rent is 990 a month",
        "How much is the rent?",
    ),
    change(
        "The meeting is on Tuesday",
        "The meeting is on Thursday",
        "They put the meeting off to Thursday",
        "The meeting is on Friday",
        "When is the meeting?",
    ),
    change(
        "Works at Meridian",
        "Works at Halcyon",
        "Changed jobs and works for Halcyon",
        "Works at Borealis",
        "Where does Ann work?",
    ),
    change(
        "The dog is called Rex",
        "The dog is called Max",
        "The new dog has the name Max",
        "The dog is called Leo",
        "What is the dog called?",
    ),
    change(
        "The wifi password is tulip",
        "The wifi password is daisy",
        "Set the wifi password to daisy",
        "The wifi password is lilac",
        "What is the wifi password?",
    ),
    change(
        "Her favourite colour is green",
        "Her favourite colour is blue",
        "Her favorite color became blue",
        "Her favourite colour is red",
        "What is her favorite color?",
    ),
    change(
        "The budget is 4,000",
        "The budget is 5,000",
        "We agreed on a budget of 5,000",
        "The budget is 6,500",
        "What budget do we have?",
    ),
    change(
        "The flight leaves at 7 am",
        "The flight leaves at 9 am",
        "The airline says the flight leaves two hours later",
        "The flight leaves at 11 am",
        "When does the flight leave?",
    ),
    change(
        "The dentist is Dr. Kim",
        "The dentist is Dr. Ray",
        "Switched to another dentist, Dr. Ray",
        "The dentist is Dr. Lund",
        "Who is the dentist?",
    ),
    change(
        "Drinks coffee with milk",
        "Drinks coffee black",
        "Takes her coffee black from now on",
        "Drinks coffee with oat milk",
        "How does she like her coffee?",
    ),
    change(
        "The gym opens at 6",
        "The gym opens at 8",
        "New hours: the gym opens at 8",
        "The gym opens at 7",
        "When does the gym open?",
    ),
    change(
        "The project manager is Lena",
        "The project manager is Omar",
        "Omar took over as project manager",
        "The project manager is Ines",
        "Who is the project manager?",
    ),
    change(
        "The deadline is March 1",
        "The deadline is April 1",
        "Got an extension, deadline April 1",
        "The deadline is May 1",
        "When is the deadline?",
    ),
    change(
        "The car is a Volvo",
        "The car is a Skoda",
        "Traded the car for a Skoda",
        "The car is a Fiat",
        "Which car do I have?",
    ),
    change(
        "Takes 20 mg of statin",
        "Takes 40 mg of statin",
        "The doctor doubled the statin to 40 mg",
        "Takes 10 mg of statin",
        "What dose of statin do I take?",
    ),
    change(
        "Pays with the Visa card",
        "Pays with the Amex card",
        "Lost the Visa, pays with the Amex card",
        "Pays with the debit card",
        "Which card do I pay with?",
    ),
    change(
        "The office is on floor 3",
        "The office is on floor 5",
        "They moved the office up to floor 5",
        "The office is on floor 9",
        "On which floor is the office?",
    ),
    change(
        "Die Miete beträgt 900 Euro",
        "Die Miete beträgt 950 Euro",
        "Die Miete wurde auf 950 Euro erhöht",
        "Die Miete beträgt 990 Euro",
        "Wie hoch ist die Miete?",
    ),
    change(
        "La reunión es el martes",
        "La reunión es el jueves",
        "Cambiaron la reunión al jueves",
        "La reunión es el viernes",
        "¿Cuándo es la reunión?",
    ),
    change("会议在星期二", "会议在星期四", "会议改到星期四", "会议在星期五", "会议是哪天？"),
    change(
        "Le loyer est de 900 euros",
        "Le loyer est de 950 euros",
        "Le loyer passe à 950 euros",
        "Le loyer est de 990 euros",
        "Combien coûte le loyer ?",
    ),
];

/// Whether the last of the statements, a month apart each, comes before the others.
fn newest_comes_first(client: &mut Client, user: &str, category: &str, statements: &[&str], question: &str) -> bool {
    for (age, statement) in statements.iter().rev().enumerate() {
        let said = "INSERT INTO homer_memories (user_id, category, subject, content, created_at, updated_at)
                    SELECT $1, $2, '', $3, m.moment, m.moment
                      FROM (SELECT (now() AT TIME ZONE 'UTC') - make_interval(days => 1 + 30 * $4::integer)) AS m (moment)";
        client.execute(said, &[&user, &category, statement, &(age as i32)]).unwrap();
    }
    for other in ["Plays the piano on Sundays", "The bakery is closed in August", "Allergic to peanuts"] {
        client.execute("SELECT homer_remember($1, 'fact', '', $2)", &[&user, &other]).unwrap();
    }
    let found = client.query("SELECT content FROM homer_relevant_memories($1, 10, $2)", &[&user, &question]).unwrap();
    let first: Option<String> = found.first().map(|row| row.get(0));
    first.as_deref() == statements.last().copied()
}

/// The statements are stored newest first, so that it is not their ids that decide.
#[test]
fn the_newest_of_what_was_said_about_a_thing_comes_first() {
    let mut client = session();
    let mut missed = Vec::new();
    let mut asked = 0;
    for (number, change) in CHANGES.iter().enumerate() {
        let said = [
            vec![change.first, change.same_words],
            vec![change.first, change.other_words],
            vec![change.first, change.other_words, change.again],
        ];
        for (kind, statements) in said.iter().enumerate() {
            for category in ["fact", "decision"] {
                asked += 1;
                let user = format!("{number} {kind} {category}");
                if !newest_comes_first(&mut client, &user, category, statements, change.question) {
                    missed.push((category, statements.clone(), change.question));
                }
            }
        }
    }
    assert!(missed.len() * 20 <= asked, "{} of {asked}: {missed:#?}", missed.len());
}

/// In the week that make demo plays, today's weighty decision stands among older memories that name what is asked about as often.
#[test]
fn a_weighty_decision_of_today_is_among_the_first_answers() {
    let database = database();
    let week = std::fs::read_to_string(clone().join("demo/week.sql")).unwrap();
    let own_database = ["CREATE DATABASE linden;", "\\c linden", "CREATE EXTENSION homer;"];
    let in_this: Vec<&str> = week.lines().filter(|line| !own_database.contains(line)).collect();
    assert_eq!(in_this.len() + own_database.len(), week.lines().count());
    let memories = clone().join("demo/memories.csv");
    let in_this = in_this.join("\n").replace("demo/memories.csv", memories.to_str().unwrap());
    database.output("psql", &["-qX", "-v", "ON_ERROR_STOP=1"], &in_this);
    let answers = rows(
        &mut database.connect(),
        "SELECT subject FROM homer_relevant_memories('maria', 4, 'What did Pruitt say about the rent, and when do I sign?')",
    );
    assert_eq!(answers, ["Rent proposal", "Rent ceiling", "Landlord's answer", "Letters to Pruitt"]);
}
