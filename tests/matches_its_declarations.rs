//! Each function that SQL declares with LANGUAGE c is what its Rust function takes and gives. PostgreSQL believes the
//! declaration: where it is wrong, Rust reads a number as an address, or a null as a value, and the server goes down.
//!
//! The source is read with a parser of Rust, and the declarations from the catalogue. What neither knows fails the test.

use homer_tests::*;
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, FnArg, GenericArgument, Ident, Item, ItemFn, PathArguments, ReturnType, Token, Type};

/// How SQL calls a function: its arguments, whether any of them may be null, its result, and the columns of a table.
#[derive(Clone, Debug, PartialEq)]
struct Call {
    arguments: Vec<String>,
    takes_null: Vec<bool>,
    result: String,
}

/// Every function of the source that PostgreSQL can find in the library, by its symbol.
fn functions_of_source() -> BTreeMap<String, Call> {
    let mut found = BTreeMap::new();
    for file in std::fs::read_dir(clone().join("src")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let file = syn::parse_file(&std::fs::read_to_string(&path).unwrap()).unwrap();
            for (symbol, call) in file.items.iter().flat_map(functions_of_item) {
                assert!(found.insert(symbol.clone(), call).is_none(), "{symbol} is there twice");
            }
        }
    }
    found
}

fn functions_of_item(item: &Item) -> Vec<(String, Call)> {
    match item {
        Item::Fn(function) if has_attribute(&function.attrs, "pg_extern") => vec![of_pgrx(function)],
        Item::Macro(call) if call.mac.path.is_ident("refusing") => {
            let Functions(functions) = call.mac.parse_body().unwrap();
            functions.iter().map(of_refusing).collect()
        }
        Item::Macro(call) if call.mac.path.is_ident("forwarded") => {
            let names = call.mac.parse_body_with(Punctuated::<Ident, Token![,]>::parse_terminated).unwrap();
            vec![(names[0].to_string(), of_postgresql(&names[2].to_string()))]
        }
        _ => vec![],
    }
}

fn has_attribute(attributes: &[Attribute], name: &str) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident(name))
}

/// What `refusing!` holds.
struct Functions(Vec<ItemFn>);

impl Parse for Functions {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let mut functions = Vec::new();
        while !input.is_empty() {
            functions.push(input.parse()?);
        }
        Ok(Self(functions))
    }
}

fn of_pgrx(function: &ItemFn) -> (String, Call) {
    let (arguments, takes_null) = arguments(function);
    let result = match &function.sig.output {
        ReturnType::Default => "void".into(),
        ReturnType::Type(_, result) => type_in_sql(result).0,
    };
    (format!("{}_wrapper", function.sig.ident), Call { arguments, takes_null, result })
}

/// They give null themselves for a null that the Rust function does not take.
fn of_refusing(function: &ItemFn) -> (String, Call) {
    let (arguments, _) = arguments(function);
    let takes_null = vec![true; arguments.len()];
    (format!("{}_wrapper", function.sig.ident), Call { arguments, takes_null, result: "boolean".into() })
}

/// Functions of PostgreSQL's own that are called with the same arguments; they read all of them.
fn of_postgresql(own: &str) -> Call {
    let (arguments, result): (&[&str], _) = match own {
        "jsonb_object_field_text" => (&["jsonb", "text"], "text"),
        "arrayoverlap" => (&["anyarray", "anyarray"], "boolean"),
        "text_substr" => (&["text", "integer", "integer"], "text"),
        unknown => panic!("say here what {unknown} takes and gives"),
    };
    let arguments: Vec<String> = arguments.iter().map(|kind| (*kind).to_owned()).collect();
    Call { takes_null: vec![false; arguments.len()], arguments, result: result.into() }
}

fn arguments(function: &ItemFn) -> (Vec<String>, Vec<bool>) {
    let of_argument = |argument: &FnArg| match argument {
        FnArg::Typed(typed) => type_in_sql(&typed.ty),
        FnArg::Receiver(_) => panic!("{} has a self", function.sig.ident),
    };
    function.sig.inputs.iter().filter(|argument| !is_memory(argument)).map(of_argument).unzip()
}

/// Where a result is made, which is no argument in SQL.
fn is_memory(argument: &FnArg) -> bool {
    argument.to_token_stream().to_string().contains("MemCx")
}

/// The type that SQL has to name for a type of Rust, and whether a null is a value of it.
fn type_in_sql(kind: &Type) -> (String, bool) {
    let name = match kind {
        Type::Reference(borrowed) => match borrowed.elem.to_token_stream().to_string().as_str() {
            "str" => "text".into(),
            "[u8]" | "[u8 ]" => "bytea".into(),
            other => unknown(other),
        },
        Type::Path(path) => {
            let last = path.path.segments.last().unwrap();
            match (last.ident.to_string().as_str(), parameters(&last.arguments).as_slice()) {
                ("bool", []) => "boolean".into(),
                ("i32", []) => "integer".into(),
                ("Oid", []) => "oid".into(),
                ("i64", []) => "bigint".into(),
                ("f32", []) => "real".into(),
                ("f64", []) => "double precision".into(),
                ("String", []) => "text".into(),
                ("JsonText", []) => "jsonb".into(),
                ("Uuid", []) => "uuid".into(),
                ("Timestamp", []) => "timestamp without time zone".into(),
                ("TimestampWithTimeZone", []) => "timestamp with time zone".into(),
                ("Option", [value]) => return (type_in_sql(value).0, true),
                ("Vec", [element]) if element.to_token_stream().to_string() == "u8" => "bytea".into(),
                ("PBox", [value]) => return type_in_sql(value),
                ("Vec" | "Array" | "FlatArray", [element]) => format!("{}[]", type_in_sql(element).0),
                ("TableIterator", [columns]) => format!("SETOF record({})", columns_in_sql(columns)),
                _ => unknown(&kind.to_token_stream().to_string()),
            }
        }
        other => unknown(&other.to_token_stream().to_string()),
    };
    (name, false)
}

fn unknown(kind: &str) -> ! {
    panic!("say in this test what {kind} is in SQL")
}

/// The types between angle brackets.
fn parameters(arguments: &PathArguments) -> Vec<&Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else { return vec![] };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(kind) => Some(kind),
        _ => None,
    });
    types.collect()
}

/// The columns of a table, which pgrx has written as `(name!(id, i32), name!(score, f64))`.
fn columns_in_sql(columns: &Type) -> String {
    struct Column(Ident, Type);
    impl Parse for Column {
        fn parse(input: ParseStream) -> syn::Result<Self> {
            let name = input.parse()?;
            input.parse::<Token![,]>()?;
            Ok(Self(name, input.parse()?))
        }
    }
    let Type::Tuple(columns) = columns else { panic!("no tuple of columns") };
    let column = |column: &Type| {
        let Type::Macro(column) = column else { panic!("a column without name!") };
        let Column(name, kind) = column.mac.parse_body().unwrap();
        format!("{name} {}", type_in_sql(&kind).0)
    };
    columns.elems.iter().map(column).collect::<Vec<_>>().join(", ")
}

/// Every declaration with LANGUAGE c: its name, its symbol, its arguments, whether it is STRICT, and its result.
const DECLARATIONS: &str = "
    SELECT p.oid::regprocedure::text, p.prosrc,
           ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, n) ORDER BY n),
           p.proisstrict,
           CASE WHEN p.proretset THEN 'SETOF ' ELSE '' END || format_type(p.prorettype, NULL)
           || CASE WHEN 't' <> ALL (COALESCE(p.proargmodes, '{}')) THEN '' ELSE
                  '(' || (SELECT string_agg(p.proargnames[n] || ' ' || format_type(p.proallargtypes[n], NULL), ', ' ORDER BY n)
                            FROM generate_subscripts(p.proallargtypes, 1) AS n WHERE p.proargmodes[n] = 't') || ')' END
      FROM pg_depend AS d JOIN pg_proc AS p ON p.oid = d.objid JOIN pg_language AS l ON l.oid = p.prolang
     WHERE d.classid = 'pg_proc'::regclass AND d.deptype = 'e' AND l.lanname = 'c'
       AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'homer')";

#[test]
fn each_declaration_is_what_its_rust_function_takes_and_gives() {
    let source = functions_of_source();
    let declarations = session().query(DECLARATIONS, &[]).unwrap();
    assert!(declarations.len() > 50, "the query above finds {}", declarations.len());
    let (mut faults, mut declared) = (Vec::new(), BTreeSet::new());
    for row in &declarations {
        let (name, symbol, is_strict): (String, String, bool) = (row.get(0), row.get(1), row.get(3));
        match source.get(&symbol).cloned().or_else(|| written_by_hand(&symbol)) {
            None => faults.push(format!("{name}: src/ has no {symbol}")),
            Some(call) => {
                faults.extend(fault(&call, row.get(2), is_strict, row.get(4)).map(|fault| format!("{name}: {fault}")))
            }
        }
        declared.insert(symbol);
    }
    faults.extend(
        source
            .keys()
            .filter(|symbol| !declared.contains(*symbol) && !is_part(symbol))
            .map(|symbol| format!("{symbol} is declared nowhere")),
    );
    assert_eq!(faults, [""; 0]);
}

/// What is not made by one of the macros.
fn written_by_hand(symbol: &str) -> Option<Call> {
    match symbol {
        "substr_wrapper" => Some(of_postgresql("text_substr")),
        "lock_user_wrapper" => {
            Some(Call { arguments: vec!["text".into()], takes_null: vec![true], result: "boolean".into() })
        }
        _ => None,
    }
}

/// What another function calls.
fn is_part(symbol: &str) -> bool {
    symbol == "substr_of_length"
}

fn fault(call: &Call, arguments: Vec<String>, is_strict: bool, result: String) -> Option<String> {
    let same = |rust: &String, sql: &String| rust == sql || rust == "anyarray" && sql.ends_with("[]");
    if arguments.len() != call.arguments.len()
        || !call.arguments.iter().zip(&arguments).all(|(rust, sql)| same(rust, sql))
    {
        Some(format!("takes {:?} in Rust", call.arguments))
    } else if result != call.result {
        Some(format!("gives {} in SQL and {} in Rust", result, call.result))
    } else if !is_strict && call.takes_null.contains(&false) {
        Some(format!("is not STRICT, and these take null in Rust: {:?}", call.takes_null))
    } else {
        None
    }
}

/// Control: each kind of difference is seen.
#[test]
fn a_declaration_that_differs_is_seen() {
    let function: ItemFn = syn::parse_quote! {
        fn example(one: &str, other: Option<Array<'_, i32>>) -> TableIterator<'static, (name!(id, i32), name!(at, Option<Timestamp>))> {}
    };
    let (symbol, call) = of_pgrx(&function);
    assert_eq!(symbol, "example_wrapper");
    let declared = |arguments: [&str; 2], is_strict, result: &str| {
        fault(&call, arguments.map(Into::into).to_vec(), is_strict, result.into()).is_none()
    };
    let result = "SETOF record(id integer, at timestamp without time zone)";
    assert!(declared(["text", "integer[]"], true, result));
    assert!(!declared(["text", "integer[]"], false, result), "not STRICT");
    assert!(!declared(["text", "bigint[]"], true, result), "another argument");
    assert!(!declared(["text", "integer[]"], true, &result.replace("id", "memory_id")), "another column");
    assert!(!declared(["text", "integer[]"], true, &result.replace("SETOF ", "")), "one row");
    assert!(fault(&call, vec!["text".into()], true, result.into()).is_some(), "an argument less");
}

/// A body in quotes is bound when it runs, so that a function that is gone is missed by nobody until then.
#[test]
fn each_function_that_a_script_calls_is_there() {
    let mut client = session_of_nobody();
    let there = rows(&mut client, "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'homer'::regnamespace");
    let scripts =
        ["sql/state", "sql/code", "scale", "server/src", "demo"].map(|folder| texts_below(&clone().join(folder)));
    let called: BTreeSet<String> = scripts.iter().flatten().flat_map(|text| called_in(text)).collect();
    assert!(called.len() > 300, "control: {} are called", called.len());
    let gone: Vec<&String> = called.iter().filter(|name| !there.contains(name)).collect();
    assert_eq!(gone, Vec::<&String>::new());
}

fn texts_below(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(
            |path| if path.is_dir() { texts_below(&path) } else { std::fs::read_to_string(path).into_iter().collect() },
        )
        .collect()
}

/// What stands between `homer.` and a parenthesis: neither a table nor a type that is named, nor a function of another schema.
fn called_in(text: &str) -> Vec<String> {
    let is_of_a_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let named = text.match_indices("homer.").filter(|(at, _)| !text[..*at].ends_with(is_of_a_name));
    let named = named.map(|(at, schema)| {
        text[at + schema.len()..]
            .split_at_checked(text[at + schema.len()..].find(|c| !is_of_a_name(c)).unwrap_or(0))
            .unwrap_or_default()
    });
    named.filter(|(name, after)| !name.is_empty() && after.starts_with('(')).map(|(name, _)| name.to_owned()).collect()
}
