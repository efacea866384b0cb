//! The ways between the pages, and what the buttons on them do.

use super::answers::{Place, ProtocolWish, SecurityWish};
use super::{Deed, Effect, Field, Model, Page, Work, check};
use crate::engine::api::job::{Family, Job, JobId, Request, Security, Wish};

/// Seconds after which a mailbox in use is tried again.
const LOCKED_AGAIN: u32 = 60;

impl Model {
    /// The way on, if nothing on the page is wrong; else to what is.
    pub(super) fn go_on(&mut self) -> Vec<Effect> {
        if self.editing.is_some() && self.page != Page::Save && !self.is_changed() {
            // What was there before may be what a page would not write.
            return self.leave();
        }
        if let Some(field) = check::first_wrong(self, self.page) {
            for field in check::fields(self, self.page) {
                if !self.visited.contains(&field) {
                    self.visited.push(field);
                }
            }
            return vec![Effect::Focus(field)];
        }
        match self.page {
            Page::SignIn
                if self.editing.is_some() && self.sign_in.done().is_some_and(Result::is_ok) =>
            {
                self.enter_save()
            }
            Page::Address | Page::Server | Page::Delivery | Page::Copies
                if self.editing.is_some() =>
            {
                self.leave_edited()
            }
            Page::Welcome => self.go(Page::Address),
            Page::Address => self.leave_address(),
            Page::Discovery => self.go(Page::Server),
            Page::Server => self.leave_server(),
            Page::SignIn => self.leave_sign_in(),
            Page::Delivery => self.go(Page::Copies),
            Page::Copies => self.enter_try_it(),
            Page::TryIt => self.enter_save(),
            Page::Save => {
                self.waits = false;
                self.save()
            }
        }
    }

    /// Whether the way on is open: a card that needs a tick has it.
    pub(crate) fn lacks_tick(&self) -> bool {
        self.page == Page::Server
            && ((self.is_weak() && !self.answers.confirmed)
                || (self.answers.security() == Some(Security::None) && !self.answers.accepts_plain))
    }

    /// The chosen card comes from a source that others could have forged.
    pub(crate) fn is_weak(&self) -> bool {
        let found = self.found.as_ref();
        let card = self
            .answers
            .card
            .and_then(|index| found?.candidates.get(index));
        card.is_some_and(|card| card.is_weak)
    }

    pub(super) fn go(&mut self, page: Page) -> Vec<Effect> {
        if page != self.page {
            self.trail.push(self.page);
            self.page = page;
        }
        vec![Effect::Go(page)]
    }

    pub(super) fn go_back(&mut self) -> Vec<Effect> {
        let mut effects = self.stop_work();
        // What was busy is not a place to come back to.
        while self.trail.last() == Some(&Page::Discovery) {
            self.trail.pop();
        }
        if let Some(page) = self.trail.pop() {
            self.page = page;
            effects.push(Effect::Go(page));
        }
        effects
    }

    /// Only back: what lies ahead is not reached by a gesture.
    pub(super) fn swiped(&mut self, page: Page) -> Vec<Effect> {
        if page == self.page {
            return Vec::new();
        }
        let mut effects = self.stop_work();
        if let Some(at) = self.trail.iter().rposition(|former| *former == page) {
            self.trail.truncate(at);
            self.page = page;
        } else {
            effects.push(Effect::Go(self.page));
        }
        effects
    }

    pub(super) fn leave(&mut self) -> Vec<Effect> {
        let mut effects = self.stop_work();
        effects.push(Effect::Close);
        effects
    }

    /// Ends what is under way for the page in front. Writing is not ended.
    fn stop_work(&mut self) -> Vec<Effect> {
        let mut stop = Vec::new();
        fn end<T>(work: &mut Work<T>, stop: &mut Vec<Effect>) {
            if let Work::Running(id) = *work {
                *work = Work::Idle;
                stop.push(Effect::Cancel(id));
            }
        }
        end(&mut self.discovery, &mut stop);
        end(&mut self.probe, &mut stop);
        end(&mut self.sign_in, &mut stop);
        end(&mut self.test, &mut stop);
        end(&mut self.dry, &mut stop);
        end(&mut self.one, &mut stop);
        self.again_in = None;
        self.waits_for_network = false;
        stop
    }

    fn start(&mut self, job: Job, slot: impl FnOnce(&mut Self, JobId)) -> Effect {
        let id = JobId::new();
        slot(self, id);
        Effect::Start(id, Box::new(job))
    }

    fn leave_address(&mut self) -> Vec<Effect> {
        if self.existing().is_some() {
            return vec![Effect::Focus(Field::Address)];
        }
        let domain = self.answers.domain().to_lowercase();
        let is_known = self.found.as_ref().is_some_and(|found| {
            found.is_done
                && self.searched.as_ref() == Some(&(domain.clone(), self.answers.look_online))
        });
        if is_known {
            return self.go(Page::Server);
        }
        self.discover(false)
    }

    /// The account that has this address already.
    pub(crate) fn existing(&self) -> Option<crate::engine::api::AccountId> {
        let address = self.answers.address.trim();
        let around = self.around.as_ref()?;
        let is_it = |user: &str| !address.is_empty() && user.eq_ignore_ascii_case(address);
        let mut accounts = around.rc.accounts.iter();
        accounts
            .find(|(id, _)| is_it(&id.user))
            .map(|(id, _)| id.clone())
    }

    fn discover(&mut self, only_table: bool) -> Vec<Effect> {
        let mut effects = self.stop_work();
        let domain = self.answers.domain().to_lowercase();
        self.searched = Some((domain.clone(), self.answers.look_online));
        self.found = None;
        self.answers.card = None;
        let wish = Wish {
            domain,
            online: self.answers.look_online && !only_table,
            only_table,
        };
        effects.push(self.start(Job::Discover(wish), |this, id| {
            this.discovery = Work::Running(id);
        }));
        effects.extend(self.go(Page::Discovery));
        effects
    }

    fn leave_server(&mut self) -> Vec<Effect> {
        self.tried_to_go_on = self.lacks_tick();
        if self.tried_to_go_on {
            return Vec::new();
        }
        if self.is_open() {
            return self.test_server(true);
        }
        let mut effects = self.go(Page::SignIn);
        effects.extend(self.begin_sign_in());
        effects
    }

    /// Something is to be found out by asking the server.
    pub(super) fn is_open(&self) -> bool {
        let answers = &self.answers;
        let is_open =
            answers.protocol == ProtocolWish::Detect || answers.security == SecurityWish::Detect;
        answers.card.is_none() && is_open
    }

    /// Asks the server what is filled in; then goes on, if that was wanted.
    pub(super) fn test_server(&mut self, goes_on: bool) -> Vec<Effect> {
        let mut effects = self.stop_work();
        let answers = &self.answers;
        let port = match answers.port.trim() {
            "" => None,
            _ => answers.port(),
        };
        let request = Request {
            imap: answers.protocol != ProtocolWish::Pop3,
            pop3: answers.protocol != ProtocolWish::Imap,
            pop2: false,
            ports: port.into_iter().collect(),
            only_ports: port.is_some(),
            family: Family::Any,
            ..Request::new(answers.host.trim())
        };
        self.report = None;
        self.goes_on_after_probe = goes_on;
        effects.push(self.start(Job::Probe(request), |this, id| {
            this.probe = Work::Running(id);
        }));
        effects
    }

    /// A password has to be typed here.
    pub(crate) fn wants_password(&self) -> bool {
        let is_elsewhere = matches!(self.answers.place, Place::Command | Place::Netrc);
        !is_elsewhere && !self.has_own_password() && self.sign_in.done().is_none_or(Result::is_err)
    }

    pub(super) fn begin_sign_in(&mut self) -> Vec<Effect> {
        if matches!(self.sign_in, Work::Done(Ok(_)) | Work::Running(_)) {
            return Vec::new();
        }
        let can = !self.wants_password() || !self.answers.password.expose().is_empty();
        if !can {
            return vec![Effect::Focus(Field::PasswordAgain)];
        }
        self.sign_in_now()
    }

    fn sign_in_now(&mut self) -> Vec<Effect> {
        let mut effects = self.stop_work();
        self.steps.clear();
        self.signed_in_for = Some(self.answers.asked());
        let draft = self.draft();
        effects.push(self.start(Job::TrySignIn(draft), |this, id| {
            this.sign_in = Work::Running(id);
        }));
        effects
    }

    fn leave_sign_in(&mut self) -> Vec<Effect> {
        match &self.sign_in {
            Work::Done(Ok(_)) => self.go(Page::Delivery),
            Work::Running(_) => Vec::new(),
            _ => self.sign_in_now(),
        }
    }

    fn enter_try_it(&mut self) -> Vec<Effect> {
        let mut effects = self.go(Page::TryIt);
        if !matches!(self.dry, Work::Done(Ok(_)) | Work::Running(_)) {
            effects.extend(self.dry_run());
        }
        effects
    }

    fn dry_run(&mut self) -> Vec<Effect> {
        let mut effects = self.stop_work();
        self.dry_for = Some(self.answers.asked());
        self.dry_progress = (0, 0);
        let draft = self.draft();
        effects.push(self.start(Job::DryRun(draft), |this, id| this.dry = Work::Running(id)));
        effects
    }

    pub(super) fn enter_save(&mut self) -> Vec<Effect> {
        let mut effects = self.stop_work();
        effects.extend(self.go(Page::Save));
        self.saving = Work::Idle;
        let draft = self.draft();
        effects.push(self.start(Job::Preview(draft), |this, id| {
            this.preview = Work::Running(id);
        }));
        effects
    }

    fn save(&mut self) -> Vec<Effect> {
        if self.saving.is_running() {
            return Vec::new();
        }
        let draft = self.draft();
        vec![self.start(Job::Adopt(draft), |this, id| {
            this.saving = Work::Running(id)
        })]
    }

    /// What the other buttons do.
    pub(super) fn act(&mut self, deed: Deed) -> Vec<Effect> {
        match deed {
            Deed::UseFile(path) => vec![self.start(Job::Import(path), |this, id| {
                this.file = Work::Running(id);
            })],
            Deed::MakePrivate => vec![self.start(Job::MakePrivate, |this, id| {
                this.file = Work::Running(id);
            })],
            Deed::UseFound => self.leave(),
            Deed::Examine => vec![Effect::Examine(self.answers.host.trim().to_owned())],
            Deed::OpenExisting => match self.existing() {
                Some(id) => vec![Effect::ShowAccount(id), Effect::Close],
                None => Vec::new(),
            },
            Deed::ByHand => self.by_hand(),
            Deed::Edit => {
                self.answers.card = None;
                vec![Effect::Focus(Field::Host)]
            }
            Deed::TestServer => match check::first_wrong(self, Page::Server) {
                Some(field @ (Field::Host | Field::Port)) => self.show_wrong(field),
                _ => self.test_server(false),
            },
            Deed::Stop => self.stop(),
            Deed::TryAgain => self.again(),
            Deed::OnlyTable => self.discover(true),
            Deed::TryUser(user) => {
                self.tried_other_user = true;
                self.answers.user = user;
                self.sign_in_now()
            }
            Deed::ChangeUser => {
                let mut effects = match self.editing {
                    Some(_) => self.change(Page::Address),
                    None => self.back_to_server(),
                };
                effects.push(Effect::Focus(Field::User));
                effects
            }
            Deed::Open(page) => vec![Effect::Open(page)],
            Deed::ToServer => self.back_to_server(),
            Deed::UseName(name) => {
                self.answers.card = None;
                self.answers.put(Field::Host, name);
                self.sign_in_now()
            }
            Deed::UsePlain => {
                self.answers.card = None;
                self.answers.security = SecurityWish::None;
                self.answers.accepts_plain = true;
                self.sign_in_now()
            }
            Deed::Pin => self.pin(),
            Deed::Authority(path) => {
                self.answers.trust = crate::engine::api::job::Trust::Authority(path);
                self.sign_in_now()
            }
            Deed::TestDelivery => match check::first_wrong(self, Page::Delivery) {
                Some(field) => self.show_wrong(field),
                None => {
                    let draft = self.draft();
                    vec![self.start(Job::TestDelivery(draft), |this, id| {
                        this.test = Work::Running(id);
                    })]
                }
            },
            Deed::Preset(command) => {
                self.answers.put(Field::Program, command);
                Vec::new()
            }
            Deed::FetchOne => {
                let draft = self.draft();
                vec![self.start(Job::FetchOne(draft), |this, id| {
                    this.one = Work::Running(id);
                })]
            }
            Deed::ToDelivery => self.change(Page::Delivery),
            Deed::Change(page) => self.change(page),
            Deed::SkipTest => self.enter_save(),
            Deed::SaveOnly => {
                self.waits = true;
                self.save()
            }
        }
    }

    pub(super) fn show_wrong(&mut self, field: Field) -> Vec<Effect> {
        self.visited.push(field);
        vec![Effect::Focus(field)]
    }

    /// To a page that was passed already; from there the way on leads through all that follow.
    fn change(&mut self, page: Page) -> Vec<Effect> {
        let mut effects = self.stop_work();
        if let Some(at) = self.trail.iter().rposition(|former| *former == page) {
            self.trail.truncate(at);
        }
        self.page = page;
        effects.push(Effect::Go(page));
        effects
    }

    fn back_to_server(&mut self) -> Vec<Effect> {
        self.answers.card = None;
        self.change(Page::Server)
    }

    fn by_hand(&mut self) -> Vec<Effect> {
        if self.page == Page::Address
            && let Some(field) = check::first_wrong(self, Page::Address)
        {
            return self.show_wrong(field);
        }
        let mut effects = self.stop_work();
        self.answers.card = None;
        effects.extend(self.go(Page::Server));
        effects.push(Effect::Focus(Field::Host));
        effects
    }

    fn stop(&mut self) -> Vec<Effect> {
        // A job that was told to stop says so; what it has found counts.
        let running = match self.page {
            Page::Discovery => Some(&self.discovery),
            Page::Server => Some(&self.probe),
            _ => None,
        };
        if let Some(Work::Running(id)) = running {
            return vec![Effect::Cancel(*id)];
        }
        self.stop_work()
    }

    pub(super) fn again(&mut self) -> Vec<Effect> {
        match self.page {
            Page::Discovery => self.discover(false),
            Page::Server => self.test_server(false),
            Page::SignIn if self.wants_password() && self.answers.password.expose().is_empty() => {
                vec![Effect::Focus(Field::PasswordAgain)]
            }
            Page::SignIn => self.sign_in_now(),
            Page::TryIt => self.dry_run(),
            Page::Save => {
                let mut effects = self.enter_save();
                effects.retain(|effect| !matches!(effect, Effect::Go(_)));
                effects
            }
            _ => Vec::new(),
        }
    }

    /// The certificate that was shown is the one the account is bound to from now on.
    fn pin(&mut self) -> Vec<Effect> {
        let shown = match &self.sign_in {
            Work::Done(Err(failed)) => failed.shown.as_deref(),
            _ => None,
        };
        let Some(shown) = shown else {
            return Vec::new();
        };
        let Some(leaf) = shown.chain.first() else {
            return Vec::new();
        };
        let host = self.answers.host.trim();
        let other_name = match &shown.problem {
            Some(crate::engine::api::job::report::Problem::WrongName { found, .. }) => found
                .iter()
                .find(|name| !name.contains('*') && !name.eq_ignore_ascii_case(host))
                .cloned(),
            _ => None,
        };
        self.answers.trust = crate::engine::api::job::Trust::Pin {
            md5: leaf.md5.clone(),
            sha256: leaf.sha256.clone(),
            is_chain_trusted: shown.is_chain_trusted,
            name: other_name,
        };
        self.sign_in_now()
    }

    /// A second has passed.
    pub(super) fn tick(&mut self) -> Vec<Effect> {
        match self.again_in {
            Some(0 | 1) => {
                self.again_in = None;
                self.again()
            }
            Some(left) => {
                self.again_in = Some(left - 1);
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// Counts down to the next try of a mailbox in use.
    pub(super) fn try_later(&mut self) {
        self.again_in = Some(LOCKED_AGAIN);
    }

    pub(super) fn network(&mut self, is_there: bool) -> Vec<Effect> {
        if is_there && std::mem::take(&mut self.waits_for_network) {
            return self.again();
        }
        Vec::new()
    }
}
