//! The words of each language that say how others belong together (the, who, dans, wann), from data/function_words.txt.
//! They tell what language a text is in, and that a question is not about them.

/// A line for each language: its code and its words, folded.
const LISTS: &str = include_str!("../../../data/function_words.txt");

/// Languages of function words, a bit each, in the order of the lines.
pub type Languages = u64;

/// A third of the slots is taken, so that a word that is in no list is known for it at the first or second one.
const SLOTS: usize = 1 << 14;

/// Laid out while the library is compiled, so that no session has to build it, and all share it.
static TABLE: Table = Table::new();

/// Where each word begins in the lists, in how many bytes, and of which languages it is. A word stands in the slot that its
/// hash names, or in the first free one after it.
struct Table([(u32, u8, Languages); SLOTS]);

impl Table {
    const fn new() -> Self {
        let text = LISTS.as_bytes();
        let mut table = Self([(0, 0, 0); SLOTS]);
        let mut language = 0;
        let mut start = 0;
        let mut end = 0;
        let mut is_code = true;
        while end < text.len() {
            if text[end] == b' ' || text[end] == b'\n' {
                if !is_code {
                    table.add(start, end, 1 << language);
                }
                is_code = text[end] == b'\n';
                language += is_code as u32;
                start = end + 1;
            }
            end += 1;
        }
        table
    }

    const fn add(&mut self, start: usize, end: usize, language: Languages) {
        let text = LISTS.as_bytes();
        let mut slot = first_slot(text, start, end);
        while self.0[slot].1 != 0 && !is_same(text, self.0[slot].0 as usize, self.0[slot].1 as usize, start, end) {
            slot = (slot + 1) % SLOTS;
        }
        let languages = self.0[slot].2 | language;
        self.0[slot] = (start as u32, (end - start) as u8, languages);
    }
}

/// The languages that the word is a function word of.
pub fn languages_of(word: &str) -> Languages {
    let bytes = word.as_bytes();
    let mut slot = first_slot(bytes, 0, bytes.len());
    loop {
        let (start, length, languages) = TABLE.0[slot];
        if length == 0 {
            return 0;
        }
        if LISTS.as_bytes()[start as usize..][..usize::from(length)] == *bytes {
            return languages;
        }
        slot = (slot + 1) % SLOTS;
    }
}

/// The function words of Vietnamese as they are written. Another word that folds to one of them is none: chó, a dog, and not cho;
/// tai, an ear, and not tại.
const WRITTEN_IN_VIETNAMESE: &str = " ai anh bao bạn bị cho các chỉ chị chúng có của cũng cùng em hay hoặc họ khi không là mà mình \
    một nào này ngoài nhiêu nhiều như nhưng những nó phải rất sao sẽ ta trên trong tên tôi tại từ tự thì thế và vì với đã đang đâu \
    đây đến đó được dưới gì giờ ở ";

/// Words that their accents, or that they have none, tell from a function word, of these languages or of any: tea in Spanish, French
/// and Italian; who lives, a half and a matter in Hungarian; beautiful in German; a key, hair, a bowl and what is naked in Danish, a
/// year, men and what one bears in Swedish; teeth in Polish; work and water in Turkish; a knot and wool in Portuguese.
const TOLD_BY_ACCENT: [(&str, Languages); 20] = [
    ("té", Languages::MAX),
    ("thé", Languages::MAX),
    ("tè", Languages::MAX),
    ("él", language("hu")),
    ("fél", language("hu")),
    ("ügy", language("hu")),
    ("schön", language("de")),
    ("nøgle", language("da")),
    ("nøgen", language("da")),
    ("skål", language("da")),
    ("hår", Languages::MAX),
    ("år", Languages::MAX),
    ("män", language("sv")),
    ("bära", language("sv")),
    ("zęby", language("pl")),
    ("zębów", language("pl")),
    ("iş", Languages::MAX),
    ("su", language("tr")),
    ("nó", language("pt") | language("en")),
    ("lã", language("pt")),
];

/// The languages that a word, written with these accents or with none, is no function word of, although it folds to one. Vietnamese
/// is one of them only where it is written with its accents.
pub fn languages_told_by_accents(written: &str, with_accents: bool) -> Languages {
    let told = TOLD_BY_ACCENT.iter().filter(|(word, _)| *word == written);
    let is_vietnamese = !with_accents || WRITTEN_IN_VIETNAMESE.split(' ').any(|function| function == written);
    told.fold(if is_vietnamese { 0 } else { language("vi") }, |languages, (_, language)| languages | language)
}

/// The words that ask, in the languages that share their letters with others. They say for themselves whose they are. Not among them
/// are those that mean something in English: come, care, cat, comment.
const ASKING: &str = " wann warum wieso weshalb wer wen wem wessen was wie wieviel welch welche welchen welchem \
    welcher welches wo womit wohin woher worin woran worauf wofur waar wanneer waarom welke welk wat hoe hoeveel var \
    vart nar varfor vem vad hur vilken vilket vilka hvor hvornar hvorfor hvem hvis hvad hva hvordan hvilken hvilket \
    hvilke ou quand qui que quoi quel quelle quels quelles combien pourquoi lequel laquelle donde cuando como cual \
    cuales quien quienes cuanto cuanta cuantos cuantas onde quando qual quais quem quanto quanta quantos quantas \
    porque quale quali chi cosa quanti quante perche unde cand cine ce cata cati cate on quan quant com quals gdzie \
    kiedy jak jaki jaka jakie jakim kto kogo komu co czego czemu czym ile dlaczego czy ktory ktora ktore ktorym kde \
    kam kdy jaky jake ktera ktere kdo koho kym ceho cemu cim kolik proc kedy kolko preco aky aka ake hol hova honnan \
    mikor ki kit kinek mi mit mivel mennyi hany milyen melyik miert hogyan hogy missa mista mihin milloin koska \
    miksi miten kuka keta kenen kenelle mika mita minka paljonko millainen montako kuinka kus kuhu kust millal miks \
    kuidas kes keda kelle mis mida palju milline kur kada kaip kodel kas ka kiek koks kokia kuris nerede nereye \
    nereden nere ne neyi neden nicin niye nasil kimin kime kimi hangi hangisi kac kacta siapa apa kapan dimana \
    bagaimana mengapa kenapa berapa apakah gi nao dau sao ai gde gdje kad kako koji koja koje ko tko sta sto zasto \
    koliko где когда куда откуда как какая какое какие кто кого кому кем что чего чему сколько почему зачем чья де \
    коли куди звідки як яка яке які хто ким чим що чого скільки навіщо чому чии чия къде кога какъв каква какво \
    какви кои коя кое защо колко اين متي كيف ماذا من ما هل كم لماذا اي كجا كجاست كي چه چي چيست چطور چگونه چرا چند \
    چقدر كدام ايا كهاں كب كيسي كيا كون كس كتنا كيوں ";

/// Whether the word asks, in one of the languages that it is a function word of.
pub fn asks(word: &str) -> bool {
    ASKING.split(' ').any(|asking| asking == word)
}

/// The bit of a language.
pub const fn language(code: &str) -> Languages {
    let code = code.as_bytes();
    let mut line = 0;
    while line < CODES.len() {
        if CODES[line][0] == code[0] && CODES[line][1] == code[1] {
            return 1 << line;
        }
        line += 1;
    }
    panic!("a language without a list")
}

/// The codes of the languages in the order of the lines, read once: the compiler asks for a language's bit a hundred times.
const CODES: [[u8; 2]; 64] = {
    let text = LISTS.as_bytes();
    let mut codes = [[0; 2]; 64];
    let mut line = 0;
    let mut at = 0;
    let mut begins = true;
    while at < text.len() {
        if begins {
            codes[line] = [text[at], text[at + 1]];
            line += 1;
        }
        begins = text[at] == b'\n';
        at += 1;
    }
    codes
};

const fn is_same(text: &[u8], one: usize, length: usize, start: usize, end: usize) -> bool {
    let mut at = 0;
    while at < length && start + at < end && text[one + at] == text[start + at] {
        at += 1;
    }
    at == length && at == end - start
}

/// FNV-1a, which needs no table and is quick for such short words.
const fn first_slot(text: &[u8], start: usize, end: usize) -> usize {
    let mut hash: u32 = 0x811C_9DC5;
    let mut at = start;
    while at < end {
        hash = (hash ^ text[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    (hash ^ hash >> 15) as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folding::Folded;

    #[test]
    fn every_word_is_found_as_of_its_languages_and_no_other() {
        let mut folded = Folded::default();
        for line in LISTS.lines() {
            let (code, words) = line.split_once(' ').unwrap();
            for word in words.split(' ') {
                assert_ne!(languages_of(word) & language(code), 0, "{word} of {code}");
                folded.fold(word);
                assert_eq!(folded.text, word, "{word} of {code} is folded");
            }
        }
        assert!(ASKING.split_whitespace().all(|word| languages_of(word) != 0));
        assert!(asks("wann") && !asks("the") && !asks("zebra"));
        assert_eq!(languages_of("the"), language("en"));
        assert_eq!(languages_of("die"), language("de") | language("nl"));
        assert!(["", "zebra", "thee", "th e", "xyzzy"].iter().all(|word| languages_of(word) == 0));
    }
}
