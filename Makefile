# The two commands of the README are `make demo` and `make test`; both install what they need.
#
#   make demo       a mail server with a mailbox to look at, and Postrider fetching from it
#   make test       every test; test-long adds the long runs, lint what a commit must pass
#   make test-real  with Exim, OpenSMTPD, Postfix, Dovecot, maildrop and procmail (root, Debian)
#   make install    PREFIX=/usr/local DESTDIR= ; needs `make build` before it
#   make pot        writes po/postrider.pot anew
#   make generated  writes manual page, completions and option reference in data/ anew
#
# HEADLESS=1 leaves the window out: no GTK needed.

PREFIX  ?= /usr/local
DESTDIR ?=
CARGO   ?= $(shell command -v cargo || echo $$HOME/.cargo/bin/cargo)
export CARGO

APP     = io.github.postrider.Postrider
BINDIR  = $(DESTDIR)$(PREFIX)/bin
DATADIR = $(DESTDIR)$(PREFIX)/share
ICONS   = $(DATADIR)/icons/hicolor
MANDIR  = $(DATADIR)/man/man1
BASHDIR = $(DATADIR)/bash-completion/completions
ZSHDIR  = $(DATADIR)/zsh/site-functions
FISHDIR = $(DATADIR)/fish/vendor_completions.d

ifdef HEADLESS
FEATURES = --no-default-features
KIND     = headless
else
FEATURES =
KIND     = desktop
endif

# Without a display the demo needs no window either.
ifeq ($(HEADLESS)$(if $(DISPLAY)$(WAYLAND_DISPLAY),,none),)
DEMO_KIND     = desktop
DEMO_FEATURES =
DEMO_TIME     = about 4 minutes
else
DEMO_KIND     = headless
DEMO_FEATURES = --no-default-features
DEMO_TIME     = about 2 minutes
endif

# A virtual display and a session bus of their own: nothing shows up on, or depends on, yours.
STAGE = GSK_RENDERER=cairo GTK_A11Y=test NO_AT_BRIDGE=1 xvfb-run -a dbus-run-session --

.PHONY: all build deps deps-build deps-test deps-rust demo test test-headless test-desktop \
	test-long test-real lint bench man pot generated install uninstall

all: build

build: deps-build
	@echo "Building the programs for use (about 5 minutes the first time)…"
	POSTRIDER_LOCALEDIR=$(PREFIX)/share/locale $(CARGO) build --release --locked $(FEATURES)

# What building and testing need from the system, each step named before it starts.
deps: deps-test

deps-rust:
	@sh .ci/deps rust

deps-build: deps-rust
	@sh .ci/deps $(KIND)

deps-test: deps-rust
	@sh .ci/deps $(KIND)-test

demo: deps-rust
	@sh .ci/deps $(DEMO_KIND)
	@echo "Building Postrider and its demo ($(DEMO_TIME) the first time on two cores)…"
	@$(CARGO) build --locked $(DEMO_FEATURES) --bins --example demo
	@$(CARGO) run --locked --quiet $(DEMO_FEATURES) --example demo

# The headless edition first: it builds faster and shows most faults.
test: test-headless $(if $(HEADLESS),,test-desktop)

test-headless: deps-test
	@echo "Testing the headless edition (about 3 minutes the first time)…"
	$(CARGO) test --locked --no-default-features

test-desktop: deps-test
	@echo "Testing with the window, on a virtual display (about 6 minutes the first time)…"
	$(STAGE) $(CARGO) test --locked

test-long: deps-test
	@echo "Running the long tests (up to an hour)…"
	POSTRIDER_LONG=1 $(if $(HEADLESS),,$(STAGE)) $(CARGO) test --locked $(FEATURES)

test-real: deps-rust
	@echo "Delivering to and probing other makes of mail servers, in chroots (about 12 minutes)…"
	$(CARGO) build --locked --no-default-features --bin postrider
	tests/real/run
	tests/servers

lint: deps-build
	$(CARGO) fmt --check
	@echo "Checking with clippy (about 3 minutes the first time)…"
	$(CARGO) clippy --locked --no-default-features --all-targets -- -D warnings
	$(if $(HEADLESS),,$(CARGO) clippy --locked --all-targets -- -D warnings)

bench: deps-test
	@echo "Measuring (about 5 minutes)…"
	$(CARGO) test --locked --release --no-default-features --test it -- --ignored bench --nocapture

man: deps-rust
	@$(CARGO) run --locked --quiet --no-default-features --bin postrider -- man > target/postrider.1
	@echo "The manual page is target/postrider.1; read it with: man -l target/postrider.1"

pot:
	POSTRIDER_UPDATE=1 $(CARGO) test --locked --no-default-features --test it catalogue

generated: deps-rust
	POSTRIDER_UPDATE=1 $(CARGO) test --locked --no-default-features --test it generated::files

install:
	@test -x target/release/postrider || { echo "Run \`make build\` first." >&2; exit 1; }
	install -d $(BINDIR)
	install -m 755 target/release/postrider $(BINDIR)/
	install -d $(MANDIR) $(BASHDIR) $(ZSHDIR) $(FISHDIR)
	install -m 644 data/man/postrider.1 $(MANDIR)/
	install -m 644 data/completions/postrider.bash $(BASHDIR)/postrider
	install -m 644 data/completions/_postrider $(ZSHDIR)/
	install -m 644 data/completions/postrider.fish $(FISHDIR)/
ifndef HEADLESS
	install -m 755 target/release/postrider-desktop $(BINDIR)/
	ln -sf postrider.1 $(MANDIR)/postrider-desktop.1
	install -d $(DATADIR)/applications $(DATADIR)/metainfo $(DATADIR)/dbus-1/services
	install -m 644 data/$(APP).desktop $(DATADIR)/applications/
	install -m 644 data/$(APP).metainfo.xml $(DATADIR)/metainfo/
	sed 's|/usr/bin/|$(PREFIX)/bin/|' data/$(APP).service > $(DATADIR)/dbus-1/services/$(APP).service
	install -d $(ICONS)/scalable/apps $(ICONS)/symbolic/apps
	install -m 644 resources/icons/$(APP).svg $(ICONS)/scalable/apps/
	install -m 644 resources/icons/$(APP)-*symbolic.svg $(ICONS)/symbolic/apps/
endif
	set -e; for code in $$(sed '/^#/d' po/LINGUAS); do \
		install -d $(DATADIR)/locale/$$code/LC_MESSAGES; \
		msgfmt -o $(DATADIR)/locale/$$code/LC_MESSAGES/postrider.mo po/$$code.po; done

uninstall:
	rm -f $(BINDIR)/postrider $(BINDIR)/postrider-desktop
	rm -f $(MANDIR)/postrider.1 $(MANDIR)/postrider-desktop.1
	rm -f $(BASHDIR)/postrider $(ZSHDIR)/_postrider $(FISHDIR)/postrider.fish
	rm -f $(DATADIR)/applications/$(APP).desktop $(DATADIR)/metainfo/$(APP).metainfo.xml
	rm -f $(DATADIR)/dbus-1/services/$(APP).service
	rm -f $(DATADIR)/locale/*/LC_MESSAGES/postrider.mo
	rm -f $(ICONS)/*/apps/$(APP)*.svg
