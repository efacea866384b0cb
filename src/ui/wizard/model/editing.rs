//! Changing an account that is there: the same pages, one at a time, then what will be written.

use super::answers::Answers;
use super::{Effect, Model, Page, Work, check};
use crate::engine::api::job::{
    Description, Draft, Part, PasswordPlace, SecretSource, Setup, differs, take,
};

/// The account as it was when the pages were opened.
#[derive(Debug)]
pub(crate) struct Editing {
    /// What the engine has told of it.
    pub description: Description,
    /// What the pages showed of it at first.
    first: Answers,
}

/// The parts of an account.
const PARTS: [Part; 5] = [
    Part::Server,
    Part::SignIn,
    Part::Delivery,
    Part::Copies,
    Part::Schedule,
];

impl Editing {
    /// The account as the pages say it now. What they do not show, or show as it was, is as it was.
    fn setup(&self, answers: &Answers) -> Setup {
        let (first, mut setup) = (self.first.setup(), answers.setup());
        for part in PARTS {
            if self.is_hidden(part) || !differs(part, &first, &setup) {
                take(part, &self.description.setup, &mut setup);
            }
        }
        setup.address.clone_from(&self.description.setup.address);
        setup
    }

    /// The pages cannot show it.
    pub(crate) fn is_hidden(&self, part: Part) -> bool {
        self.description.hidden(part).next().is_some()
    }

    /// A password is known without asking.
    fn has_password(&self) -> bool {
        !matches!(
            self.description.source,
            SecretSource::Nowhere | SecretSource::LockedKeyring
        )
    }
}

/// The page that shows a part.
pub(crate) fn page_of(part: Part) -> Page {
    match part {
        Part::Server => Page::Server,
        Part::SignIn => Page::Address,
        Part::Delivery => Page::Delivery,
        Part::Copies | Part::Schedule => Page::Copies,
    }
}

/// The parts a page shows.
pub(crate) fn parts_of(page: Page) -> &'static [Part] {
    match page {
        Page::Server => &[Part::Server],
        Page::Address => &[Part::SignIn],
        Page::Delivery => &[Part::Delivery],
        Page::Copies => &[Part::Copies, Part::Schedule],
        _ => &[],
    }
}

impl Model {
    /// At the page of a part, with the account filled in.
    pub(crate) fn with_account(&mut self, description: Description, part: Part) {
        self.answers = Answers::of(&description.setup);
        self.page = page_of(part);
        self.editing = Some(Box::new(Editing {
            description,
            first: self.answers.clone(),
        }));
    }

    /// What is tried and saved.
    pub(crate) fn draft(&self) -> Draft {
        let mut draft = self.answers.draft();
        draft.waits = self.waits;
        if let Some(editing) = &self.editing {
            draft.setup = editing.setup(&self.answers);
            draft.replaces = Some(editing.description.id.clone());
            draft.was = Some(Box::new(editing.description.setup.clone()));
        }
        draft
    }

    /// Something of the account is otherwise than it was.
    pub(crate) fn is_changed(&self) -> bool {
        self.editing.as_ref().is_some_and(|editing| {
            let draft = self.draft();
            let typed = |answers: &Answers| {
                let Answers {
                    user, host, port, ..
                } = answers;
                (user.clone(), host.clone(), port.clone())
            };
            // A text that means nothing is a change too, which is told to be wrong.
            draft.secret.is_some()
                || draft.setup != editing.description.setup
                || typed(&self.answers) != typed(&editing.first)
        })
    }

    /// Server or sign-in are otherwise, and nobody has tried them.
    pub(crate) fn is_untested(&self) -> bool {
        let Some(editing) = &self.editing else {
            return false;
        };
        let (draft, old) = (self.draft(), &editing.description.setup);
        let mut place = old.clone();
        place.password.clone_from(&draft.setup.password);
        // Where we put it does not matter; another program may say something else.
        let is_other_place = draft.setup.password != old.password
            && matches!(
                draft.setup.password,
                PasswordPlace::Command(_) | PasswordPlace::Netrc
            );
        let is_other = draft.secret.is_some()
            || is_other_place
            || differs(Part::Server, old, &draft.setup)
            || differs(Part::SignIn, &place, &draft.setup);
        is_other && !matches!(self.sign_in, Work::Done(Ok(_)))
    }

    /// The password of the account is used for the test, unless the server has refused it.
    pub(super) fn has_own_password(&self) -> bool {
        let has_own = |editing: &Editing| editing.has_password();
        let was_refused = matches!(&self.sign_in, Work::Done(Err(failed)) if {
            use crate::engine::api::Cause;
            matches!(failed.cause(), Cause::SignIn | Cause::NoPassword)
        });
        self.editing.as_deref().is_some_and(has_own) && !was_refused
    }

    /// The way on from a page of an account: by a test where that is due, to the summary.
    pub(super) fn leave_edited(&mut self) -> Vec<Effect> {
        if self.page == Page::Server {
            self.tried_to_go_on = self.lacks_tick();
            if self.tried_to_go_on {
                return Vec::new();
            }
            if self.is_open() {
                return self.test_server(true);
            }
        }
        if !self.is_changed() {
            return self.leave();
        }
        // Another page may have been left by a way that does not look at it.
        let now = self.draft().setup;
        let old = self.editing.as_ref().map(|e| e.description.setup.clone());
        let is_other = |page: &Page| {
            let is_other = |part: &Part| old.as_ref().is_some_and(|old| differs(*part, old, &now));
            parts_of(*page).iter().any(is_other)
        };
        let pages = [Page::Address, Page::Server, Page::Delivery, Page::Copies];
        let wrong = pages.into_iter().filter(is_other).find_map(|page| {
            let field = check::first_wrong(self, page)?;
            Some((page, field))
        });
        if let Some((page, field)) = wrong {
            let mut effects = self.go(page);
            effects.extend(self.show_wrong(field));
            return effects;
        }
        if self.is_untested() {
            let mut effects = self.go(Page::SignIn);
            effects.extend(self.begin_sign_in());
            return effects;
        }
        self.enter_save()
    }
}
