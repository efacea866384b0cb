use super::*;

#[test]
fn numbers_wrap_as_in_c() {
    let check =
        |digits: &str, expected| assert_eq!(number(digits.as_bytes()), expected, "{digits}");
    check("0", 0);
    check("010", 10);
    check("-5", -5);
    check("2147483648", -2_147_483_648);
    check("99999999999", 1_215_752_191);
    check("99999999999999999999", -1);
    check("-99999999999999999999", 0);
}

#[test]
fn lists_grow_and_others_are_replaced() {
    let check = |mut old: Value, new: Value, expected: Value| {
        old.add(new);
        assert_eq!(old, expected);
    };
    let list = |words: &[&str]| Value::List(words.iter().map(|w| w.as_bytes().to_vec()).collect());
    check(list(&["a"]), list(&["b"]), list(&["a", "b"]));
    check(
        Value::Numbers(vec![1]),
        Value::Numbers(vec![2]),
        Value::Numbers(vec![1, 2]),
    );
    check(Value::Number(1), Value::Number(2), Value::Number(2));
    check(Value::Flag(true), Value::Flag(false), Value::Flag(false));
    let envelope = Value::Envelope {
        skip: 1,
        name: Some(b"X".to_vec()),
    };
    let none = |skip| Value::Envelope { skip, name: None };
    check(envelope.clone(), none(0), none(1));
    check(none(0), envelope.clone(), envelope.clone());
    check(none(2), envelope.clone(), envelope.clone());
    let plain = Value::Envelope {
        skip: 0,
        name: Some(b"Y".to_vec()),
    };
    check(envelope, plain.clone(), plain);
}

#[test]
fn bounds() {
    let check = |n, count, bound| {
        assert_eq!(
            (Value::Number(n).count(), Value::Number(n).bound()),
            (count, bound)
        );
    };
    check(5, 5, Some(5));
    check(0, 0, None);
    check(-1, 0, None);
}
