use super::*;

fn probe() -> Probe {
    let row = || Row::new(993, Service::Imaps, None);
    Probe {
        begun: Instant::now(),
        report: Report {
            host: "h".to_owned(),
            at: SystemTime::UNIX_EPOCH,
            addresses: Vec::new(),
            reverse: None,
            rows: vec![row(), row()],
            choices: Vec::new(),
            failure: None,
            is_blocked: false,
            took: Duration::ZERO,
            is_done: false,
        },
        told: None,
    }
}

/// Whichever of two things that are ready is looked at first.
#[tokio::test]
async fn what_has_come_home_is_kept() {
    for limit in [Duration::ZERO, Duration::from_secs(60)] {
        for _ in 0..50 {
            let mut probe = probe();
            let (home, news) = mpsc::unbounded_channel();
            let mut row = Row::new(993, Service::Imaps, None);
            row.outcome = Outcome::Answered;
            home.send(News::Row(0, Box::new(row))).ok().unwrap();
            home.send(News::Reverse(Some("x".to_owned()))).ok().unwrap();
            let stop = CancellationToken::new();
            let left = match limit.is_zero() {
                true => Outcome::TimedOut,
                false => {
                    stop.cancel();
                    Outcome::Stopped
                }
            };
            let work = (news, JoinSet::new());
            probe.gather(work, limit, &stop, &mut |_| ()).await;
            let outcomes: Vec<_> = probe.report.rows.iter().map(|row| &row.outcome).collect();
            assert_eq!(outcomes, [&Outcome::Answered, &left]);
            assert_eq!(probe.report.reverse.as_deref(), Some("x"));
        }
    }
}
