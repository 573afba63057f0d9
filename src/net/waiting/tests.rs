use super::*;
use std::sync::mpsc::channel;

#[test]
fn an_answer_in_time_is_given_and_nothing_is_said() {
    let until = Instant::now() + Duration::from_secs(60);
    let got = within(|| 7, until, Duration::from_secs(30), &[], || panic!("it is in time"));
    assert_eq!(got, Ok(7));
}

#[test]
fn silence_is_told_once_and_ends_at_the_deadline_unless_nobody_waits() {
    let (_open, never) = channel::<()>();
    let never = Arc::new(Mutex::new(never));
    let state = Arc::new(RequestState::default());
    let mut told = 0;
    for abandoned in [false, true] {
        if abandoned {
            state.abandon();
        }
        let never = Arc::clone(&never);
        let until = Instant::now() + Duration::from_millis(60);
        let send = move || drop(never.lock().map(|never| never.recv_timeout(Duration::from_secs(1))));
        let got = within(send, until, Duration::from_millis(5), &[Arc::clone(&state)], || told += 1);
        assert!(matches!(got, Err(NetErrorKind::Timeout { phase: Phase::FirstByte, .. })), "{got:?}");
    }
    assert_eq!(told, 1);
}

#[test]
fn a_subject_is_told_of_once() {
    let (sender, lines) = channel();
    let notify = Notify::new(move |line| sender.send(line.to_owned()).unwrap());
    notify.tell("a", "first");
    notify.tell("a", "second");
    notify.clone().tell("b", "third");
    drop(notify);
    assert_eq!(lines.iter().collect::<Vec<_>>(), ["first", "third"]);
    Notify::default().tell("a", "without a receiver");
}
