# Completions of postrider for bash; made by `postrider completions bash`.

# What begins like the word in work, which readline may have glued to its option.
_postrider_words() {
    mapfile -t COMPREPLY < <(compgen -P "$glued" "$@" -- "$cur")
}

_postrider_files() {
    compopt -o filenames 2>/dev/null
    _postrider_words "$1"
}

_postrider() {
    local cur=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} option='' options='' glued=''
    COMPREPLY=()
    if [[ $COMP_CWORD -eq 1 ]]; then
        _postrider_words -W 'app fetch deliver lint fmt probe route secret report man completions help --version'
        return
    fi
    local before=${COMP_WORDS[COMP_CWORD - 1]}
    if [[ $cur == = ]]; then
        option=$before cur=''
    elif [[ $before == = && $COMP_CWORD -gt 2 ]]; then
        option=${COMP_WORDS[COMP_CWORD - 2]}
    elif [[ $cur == --*=* ]]; then
        option=${cur%%=*} glued=${cur%%=*}= cur=${cur#*=}
    elif [[ $before == -* ]]; then
        option=$before
    fi
    [[ $option =~ ^-[?VcsvNqyUkKFan]+([fdLipPtEQIMurSDZmlwBbe])$ ]] && option=-${BASH_REMATCH[1]}
    case $verb$option in
    fetch-f|fetch--fetchmailrc)
        _postrider_files -f
        return ;;
    fetch--log-format)
        _postrider_words -W 'json text'
        return ;;
    fetch-d|fetch--daemon)
        :
        return ;;
    fetch-L|fetch--logfile)
        _postrider_files -f
        return ;;
    fetch-i|fetch--idfile)
        _postrider_files -f
        return ;;
    fetch--pidfile)
        _postrider_files -f
        return ;;
    fetch--postmaster)
        :
        return ;;
    fetch-p|fetch--protocol|fetch--proto)
        _postrider_words -W 'auto pop2 pop3 sdps apop rpop kpop imap etrn odmr'
        return ;;
    fetch-P|fetch--service|fetch--port)
        _postrider_words -s
        return ;;
    fetch--auth)
        _postrider_words -W 'any password kerberos_v4 kerberos4 kerberos kerberos_v5 kerberos5 gssapi cram-md5 cram otp opie ntlm msn ssh external implicit oauthbearer apop'
        return ;;
    fetch-t|fetch--timeout)
        :
        return ;;
    fetch-E|fetch--envelope)
        :
        return ;;
    fetch-Q|fetch--qvirtual)
        :
        return ;;
    fetch-I|fetch--interface)
        :
        return ;;
    fetch-M|fetch--monitor)
        :
        return ;;
    fetch--plugin)
        _postrider_words -c
        return ;;
    fetch--plugout)
        _postrider_words -c
        return ;;
    fetch--principal)
        :
        return ;;
    fetch--bad-header)
        _postrider_words -W 'accept reject'
        return ;;
    fetch--retrieve-error)
        _postrider_words -W 'abort continue markseen'
        return ;;
    fetch--idletimeout)
        :
        return ;;
    fetch-u|fetch--username|fetch--user)
        :
        return ;;
    fetch-r|fetch--folder)
        :
        return ;;
    fetch-S|fetch--smtphost)
        :
        return ;;
    fetch--fetchdomains)
        :
        return ;;
    fetch-D|fetch--smtpaddress)
        :
        return ;;
    fetch--smtpname)
        :
        return ;;
    fetch-Z|fetch--antispam)
        :
        return ;;
    fetch-m|fetch--mda)
        _postrider_words -c
        return ;;
    fetch--bsmtp)
        _postrider_files -f
        return ;;
    fetch--sslkey)
        _postrider_files -f
        return ;;
    fetch--sslcert)
        _postrider_files -f
        return ;;
    fetch--sslproto)
        _postrider_words -W 'auto tls1.2 tls1.2+ tls1.3 tls1.3+'
        return ;;
    fetch--sslcertfile)
        _postrider_files -f
        return ;;
    fetch--sslcertpath)
        _postrider_files -d
        return ;;
    fetch--sslcommonname)
        :
        return ;;
    fetch--sslfingerprint)
        :
        return ;;
    fetch-l|fetch--limit)
        :
        return ;;
    fetch-w|fetch--warnings)
        :
        return ;;
    fetch-B|fetch--fetchlimit)
        :
        return ;;
    fetch--fetchsizelimit)
        :
        return ;;
    fetch--fastuidl)
        :
        return ;;
    fetch-b|fetch--batchlimit)
        :
        return ;;
    fetch-e|fetch--expunge)
        :
        return ;;
    fetch--passwordfile)
        _postrider_files -f
        return ;;
    fetch--passwordfd)
        :
        return ;;
    fetch--passwordeval)
        _postrider_words -c
        return ;;
    fetch--sslmode)
        _postrider_words -W 'none starttls=may starttls=must wrapped'
        return ;;
    fetch--sslprotocolversion)
        _postrider_words -W 'auto tls1.2 tls1.2+ tls1.3 tls1.3+'
        return ;;
    deliver--maildir)
        _postrider_files -d
        return ;;
    deliver--mbox)
        _postrider_files -f
        return ;;
    probe--timeout)
        :
        return ;;
    probe--port)
        :
        return ;;
    probe--ca)
        _postrider_files -f
        return ;;
    probe--plugin)
        :
        return ;;
    route--rc)
        _postrider_files -f
        return ;;
    route--server)
        :
        return ;;
    route--user)
        :
        return ;;
    route--dns)
        _postrider_words -W 'ask yes no'
        return ;;
    report--rc)
        _postrider_files -f
        return ;;
    esac
    case $verb in
    app)
        options='--hidden'
        ;;
    fetch)
        options='-? --help -V --version -c --check -s --silent -v --verbose -N --nodetach -q --quit -f --fetchmailrc --configdump -y --yydebug --strict-status --serial --status --log-format --show-passwords -d --daemon -L --logfile -i --idfile --pidfile --postmaster --nobounce --softbounce --nosoftbounce --syslog --nosyslog --invisible --showdots -p --protocol --proto -P --service --port --auth -t --timeout -E --envelope -Q --qvirtual -I --interface -M --monitor --plugin --plugout -U --uidl --tracepolls --principal --bad-header --retrieve-error --idletimeout -u --username --user -r --folder -S --smtphost --fetchdomains -D --smtpaddress --smtpname -Z --antispam -m --mda --bsmtp --lmtp -k --keep -K --nokeep -F --flush --limitflush -a --fetchall --all -n --norewrite --idle --ssl --sslkey --sslcert --sslproto --sslcertck --nosslcertck --sslcertfile --sslcertpath --sslcommonname --sslfingerprint -l --limit -w --warnings -B --fetchlimit --fetchsizelimit --fastuidl -b --batchlimit -e --expunge --passwordfile --passwordfd --passwordeval --forceidle --sslmode --sslprotocolversion'
        ;;
    deliver)
        options='--maildir --mbox'
        ;;
    lint)
        options='--explain --json --fix --write --all'
        [[ $cur == -* ]] || { _postrider_files -f; return; }
        ;;
    fmt)
        options='--write'
        [[ $cur == -* ]] || { _postrider_files -f; return; }
        ;;
    probe)
        options='--json --timeout --port --imap --pop3 --smtp --etrn --odmr --ca --ipv4 --ipv6 --plugin --verbose'
        ;;
    route)
        options='--rc --server --user --dns --json'
        [[ $cur == -* ]] || { _postrider_files -f; return; }
        ;;
    secret)
        options=''
        [[ $cur == -* ]] || { _postrider_words -W 'set show-source clear'; return; }
        ;;
    report)
        options='--rc'
        ;;
    man)
        options=''
        ;;
    completions)
        options=''
        [[ $cur == -* ]] || { _postrider_words -W 'bash zsh fish'; return; }
        ;;
    help)
        options=''
        ;;
    esac
    [[ $cur == -* ]] && _postrider_words -W "$options"
}

complete -F _postrider postrider
