# Completions of postrider for fish; made by `postrider completions fish`.

function __postrider_needs_command
    test (count (commandline -opc)) -eq 1
end

function __postrider_is
    set -l words (commandline -opc)
    test (count $words) -gt 1; and test $words[2] = $argv[1]
end

complete -c postrider -f
complete -c postrider -n __postrider_needs_command -a app -d 'open the window'
complete -c postrider -n __postrider_needs_command -a fetch -d 'check for mail, as fetchmail does'
complete -c postrider -n __postrider_needs_command -a deliver -d 'deliver one message from standard input'
complete -c postrider -n __postrider_needs_command -a lint -d 'check the configuration'
complete -c postrider -n __postrider_needs_command -a fmt -d 'lay out the configuration'
complete -c postrider -n __postrider_needs_command -a probe -d 'what a mail server speaks and what to use'
complete -c postrider -n __postrider_needs_command -a route -d 'who would get a message, and why'
complete -c postrider -n __postrider_needs_command -a secret -d 'keep the password of an account in the keyring'
complete -c postrider -n __postrider_needs_command -a report -d 'what to show whoever helps you'
complete -c postrider -n __postrider_needs_command -a man -d 'print this manual page'
complete -c postrider -n __postrider_needs_command -a completions -d 'print completions for a shell'
complete -c postrider -n __postrider_needs_command -a help -d 'print a short help'

# app
complete -c postrider -n '__postrider_is app' -l hidden -d 'start without showing the window'

# fetch
complete -c postrider -n '__postrider_is fetch' -s '?' -l help -d 'show this help'
complete -c postrider -n '__postrider_is fetch' -s 'V' -l version -d 'show the version and the accounts'
complete -c postrider -n '__postrider_is fetch' -s 'c' -l check -d 'only tell whether mail waits'
complete -c postrider -n '__postrider_is fetch' -s 's' -l silent -d 'say nothing but errors'
complete -c postrider -n '__postrider_is fetch' -s 'v' -l verbose -d 'show the protocol; twice for more'
complete -c postrider -n '__postrider_is fetch' -s 'N' -l nodetach -d 'stay in the foreground'
complete -c postrider -n '__postrider_is fetch' -s 'q' -l quit -d 'stop the running daemon'
complete -c postrider -n '__postrider_is fetch' -s 'f' -l fetchmailrc -r -F -d 'configuration to read; - for standard input'
complete -c postrider -n '__postrider_is fetch' -l configdump -d 'print the configuration and end'
complete -c postrider -n '__postrider_is fetch' -s 'y' -l yydebug -d 'trace the reading of the configuration'
complete -c postrider -n '__postrider_is fetch' -l strict-status -d 'exit status that tells of any trouble'
complete -c postrider -n '__postrider_is fetch' -l serial -d 'one account after the other'
complete -c postrider -n '__postrider_is fetch' -l status -d 'show what the running instance does'
complete -c postrider -n '__postrider_is fetch' -l log-format -r -f -a 'json text' -d 'how messages are written'
complete -c postrider -n '__postrider_is fetch' -l show-passwords -d 'do not mask passwords in dumps'
complete -c postrider -n '__postrider_is fetch' -s 'd' -l daemon -r -f -d 'seconds between checks; 0 checks once and ends'
complete -c postrider -n '__postrider_is fetch' -s 'L' -l logfile -r -F -d 'append log messages to this file (no effect yet)'
complete -c postrider -n '__postrider_is fetch' -s 'i' -l idfile -r -F -d 'where the identities of messages already seen are kept'
complete -c postrider -n '__postrider_is fetch' -l pidfile -r -F -d 'the lock file'
complete -c postrider -n '__postrider_is fetch' -l postmaster -r -f -d 'who gets mail that fits nobody else'
complete -c postrider -n '__postrider_is fetch' -l nobounce -d 'not: bounces go to the sender, not to the postmaster'
complete -c postrider -n '__postrider_is fetch' -l softbounce -d 'keep mail on the server when its delivery is refused for good'
complete -c postrider -n '__postrider_is fetch' -l nosoftbounce -d 'the opposite of --softbounce'
complete -c postrider -n '__postrider_is fetch' -l syslog -d 'log to the system log (no effect yet)'
complete -c postrider -n '__postrider_is fetch' -l nosyslog -d 'the opposite of --syslog (no effect yet)'
complete -c postrider -n '__postrider_is fetch' -l invisible -d 'leave no Received line of our own'
complete -c postrider -n '__postrider_is fetch' -l showdots -d 'show progress dots even when the output is a file (no effect yet)'
complete -c postrider -n '__postrider_is fetch' -s 'p' -l protocol -r -f -a 'auto pop2 pop3 sdps apop rpop kpop imap etrn odmr' -d 'the protocol to retrieve mail with'
complete -c postrider -n '__postrider_is fetch' -l proto -r -f -a 'auto pop2 pop3 sdps apop rpop kpop imap etrn odmr' -d 'the protocol to retrieve mail with'
complete -c postrider -n '__postrider_is fetch' -s 'P' -l service -r -f -d 'service name or port to connect to'
complete -c postrider -n '__postrider_is fetch' -l port -r -f -d 'service name or port to connect to'
complete -c postrider -n '__postrider_is fetch' -l auth -r -f -a 'any password kerberos_v4 kerberos4 kerberos kerberos_v5 kerberos5 gssapi cram-md5 cram otp opie ntlm msn ssh external implicit oauthbearer apop' -d 'the way to sign in'
complete -c postrider -n '__postrider_is fetch' -s 't' -l timeout -r -f -d 'seconds of silence after which a server is given up'
complete -c postrider -n '__postrider_is fetch' -s 'E' -l envelope -r -f -d 'header that names the recipient'
complete -c postrider -n '__postrider_is fetch' -s 'Q' -l qvirtual -r -f -d 'prefix to take off recipients'
complete -c postrider -n '__postrider_is fetch' -s 'I' -l interface -r -f -d 'check only while this network interface is up (not supported yet)'
complete -c postrider -n '__postrider_is fetch' -s 'M' -l monitor -r -f -d 'check only while this network interface is in use (not supported yet)'
complete -c postrider -n '__postrider_is fetch' -l plugin -r -f -a '(__fish_complete_command)' -d 'command that makes the connection to the server (not supported yet)'
complete -c postrider -n '__postrider_is fetch' -l plugout -r -f -a '(__fish_complete_command)' -d 'command that makes the connection to the listener (not supported yet)'
complete -c postrider -n '__postrider_is fetch' -s 'U' -l uidl -d 'tell new from old by message identities'
complete -c postrider -n '__postrider_is fetch' -l tracepolls -d 'name the account in the Received line'
complete -c postrider -n '__postrider_is fetch' -l principal -r -f -d 'Kerberos 4 principal (no effect yet)'
complete -c postrider -n '__postrider_is fetch' -l bad-header -r -f -a 'accept reject' -d 'what to do with messages whose header is malformed'
complete -c postrider -n '__postrider_is fetch' -l retrieve-error -r -f -a 'abort continue markseen' -d 'what to do when a message cannot be retrieved (no effect yet)'
complete -c postrider -n '__postrider_is fetch' -l idletimeout -r -f -d 'seconds after which IDLE is begun anew (no effect yet)'
complete -c postrider -n '__postrider_is fetch' -s 'u' -l username -r -f -d 'user name on the server'
complete -c postrider -n '__postrider_is fetch' -l user -r -f -d 'user name on the server'
complete -c postrider -n '__postrider_is fetch' -s 'r' -l folder -r -f -d 'mailboxes to retrieve from'
complete -c postrider -n '__postrider_is fetch' -s 'S' -l smtphost -r -f -d 'listeners to deliver to, tried in order'
complete -c postrider -n '__postrider_is fetch' -l fetchdomains -r -f -d 'domains to ask mail for (no effect yet)'
complete -c postrider -n '__postrider_is fetch' -s 'D' -l smtpaddress -r -f -d 'domain put behind recipients without one'
complete -c postrider -n '__postrider_is fetch' -l smtpname -r -f -d 'recipient given to the listener, whatever the message says'
complete -c postrider -n '__postrider_is fetch' -s 'Z' -l antispam -r -f -d 'reply codes of the listener that mean spam'
complete -c postrider -n '__postrider_is fetch' -s 'm' -l mda -r -f -a '(__fish_complete_command)' -d 'command that delivers a message'
complete -c postrider -n '__postrider_is fetch' -l bsmtp -r -F -d 'file to append messages to as batch SMTP'
complete -c postrider -n '__postrider_is fetch' -l lmtp -d 'deliver by LMTP'
complete -c postrider -n '__postrider_is fetch' -s 'k' -l keep -d 'leave messages on the server'
complete -c postrider -n '__postrider_is fetch' -s 'K' -l nokeep -d 'the opposite of --keep'
complete -c postrider -n '__postrider_is fetch' -s 'F' -l flush -d 'delete old messages from the server first'
complete -c postrider -n '__postrider_is fetch' -l limitflush -d 'delete messages over the size limit'
complete -c postrider -n '__postrider_is fetch' -s 'a' -l fetchall -d 'retrieve old messages, too'
complete -c postrider -n '__postrider_is fetch' -l all -d 'retrieve old messages, too'
complete -c postrider -n '__postrider_is fetch' -s 'n' -l norewrite -d 'not: complete addresses that lack a domain'
complete -c postrider -n '__postrider_is fetch' -l idle -d 'wait for new mail on the server (no effect yet)'
complete -c postrider -n '__postrider_is fetch' -l ssl -d 'TLS from the first byte'
complete -c postrider -n '__postrider_is fetch' -l sslkey -r -F -d 'key of the client certificate (not supported yet)'
complete -c postrider -n '__postrider_is fetch' -l sslcert -r -F -d 'client certificate (not supported yet)'
complete -c postrider -n '__postrider_is fetch' -l sslproto -r -f -a 'auto tls1.2 tls1.2+ tls1.3 tls1.3+' -d 'TLS version; \'\' for no STARTTLS'
complete -c postrider -n '__postrider_is fetch' -l sslcertck -d 'check the server\'s certificate'
complete -c postrider -n '__postrider_is fetch' -l nosslcertck -d 'the opposite of --sslcertck'
complete -c postrider -n '__postrider_is fetch' -l sslcertfile -r -F -d 'file of trusted certificates'
complete -c postrider -n '__postrider_is fetch' -l sslcertpath -r -f -a '(__fish_complete_directories)' -d 'directory of trusted certificates'
complete -c postrider -n '__postrider_is fetch' -l sslcommonname -r -f -d 'name expected in the server\'s certificate'
complete -c postrider -n '__postrider_is fetch' -l sslfingerprint -r -f -d 'fingerprint of the server\'s certificate'
complete -c postrider -n '__postrider_is fetch' -s 'l' -l limit -r -f -d 'octets of the largest message to retrieve'
complete -c postrider -n '__postrider_is fetch' -s 'w' -l warnings -r -f -d 'seconds between warnings about large messages (no effect yet)'
complete -c postrider -n '__postrider_is fetch' -s 'B' -l fetchlimit -r -f -d 'most messages to retrieve at once'
complete -c postrider -n '__postrider_is fetch' -l fetchsizelimit -r -f -d 'how many sizes to ask for at once (no effect yet)'
complete -c postrider -n '__postrider_is fetch' -l fastuidl -r -f -d 'how often to search for new messages by halves (no effect yet)'
complete -c postrider -n '__postrider_is fetch' -s 'b' -l batchlimit -r -f -d 'most messages for one connection to the listener'
complete -c postrider -n '__postrider_is fetch' -s 'e' -l expunge -r -f -d 'deletions between expunges'
complete -c postrider -n '__postrider_is fetch' -l passwordfile -r -F -d 'file that holds the password (not supported yet)'
complete -c postrider -n '__postrider_is fetch' -l passwordfd -r -f -d 'open file that holds the password (not supported yet)'
complete -c postrider -n '__postrider_is fetch' -l passwordeval -r -f -a '(__fish_complete_command)' -d 'command that prints the password (not supported yet)'
complete -c postrider -n '__postrider_is fetch' -l forceidle -d 'wait for new mail even where the server does not offer it (no effect yet)'
complete -c postrider -n '__postrider_is fetch' -l sslmode -r -f -a 'none starttls=may starttls=must wrapped' -d 'how the connection is protected (not supported yet)'
complete -c postrider -n '__postrider_is fetch' -l sslprotocolversion -r -f -a 'auto tls1.2 tls1.2+ tls1.3 tls1.3+' -d 'TLS version (not supported yet)'

# deliver
complete -c postrider -n '__postrider_is deliver' -l maildir -r -f -a '(__fish_complete_directories)' -d 'the Maildir to deliver to'
complete -c postrider -n '__postrider_is deliver' -l mbox -r -F -d 'the mailbox file to deliver to'

# lint
complete -c postrider -n '__postrider_is lint' -l explain -d 'say with each finding why it matters'
complete -c postrider -n '__postrider_is lint' -l json -d 'print the findings for programs'
complete -c postrider -n '__postrider_is lint' -l fix -d 'show what the safe fixes would change, as a difference to read, not to apply: passwords in it are masked'
complete -c postrider -n '__postrider_is lint' -l write -d 'make the safe fixes, which change no meaning beyond their finding, save the file, closed to others, with the old one as FILE~, and say what is left'
complete -c postrider -n '__postrider_is lint' -l all -d 'with --fix or --write: those fixes too that a person must choose'
complete -c postrider -n '__postrider_is lint' -F

# fmt
complete -c postrider -n '__postrider_is fmt' -l write -d 'print nothing of it but save it in place of the file, closed to others, with the old one as FILE~'
complete -c postrider -n '__postrider_is fmt' -F

# probe
complete -c postrider -n '__postrider_is probe' -l json -d 'print the report for programs'
complete -c postrider -n '__postrider_is probe' -l timeout -r -f -d 'seconds for each step of each port (1 to 600, usually 10); the whole takes four times as long at most'
complete -c postrider -n '__postrider_is probe' -l port -r -f -d 'another port, whose protocol is told by its greeting; may be given again. Without a protocol named, only these ports are tried'
complete -c postrider -n '__postrider_is probe' -l imap -d 'ports 993 and 143'
complete -c postrider -n '__postrider_is probe' -l pop3 -d 'ports 995 and 110'
complete -c postrider -n '__postrider_is probe' -l smtp -d 'ports 587 and 25'
complete -c postrider -n '__postrider_is probe' -l etrn -d 'the same, as ETRN is a word of SMTP'
complete -c postrider -n '__postrider_is probe' -l odmr -d 'port 366'
complete -c postrider -n '__postrider_is probe' -l ca -r -F -d 'certificates of authorities to trust besides those of the system'
complete -c postrider -n '__postrider_is probe' -l ipv4 -d 'only addresses of IPv4'
complete -c postrider -n '__postrider_is probe' -l ipv6 -d 'only addresses of IPv6'
complete -c postrider -n '__postrider_is probe' -l plugin -r -f -d 'a command in place of each connection, as plugin in the configuration: %h is the host, %p the port'
complete -c postrider -n '__postrider_is probe' -l verbose -d 'or -v: everything each port said, with times'

# route
complete -c postrider -n '__postrider_is route' -l rc -r -F -d 'the configuration, in place of ~/.fetchmailrc'
complete -c postrider -n '__postrider_is route' -l server -r -f -d 'only accounts of this name behind poll or skip'
complete -c postrider -n '__postrider_is route' -l user -r -f -d 'only accounts of this remote user'
complete -c postrider -n '__postrider_is route' -l dns -r -f -a 'ask yes no' -d 'whether a host that DNS must be asked about is the mail server: ask it, or assume yes or no'
complete -c postrider -n '__postrider_is route' -l json -d 'print it for programs'
complete -c postrider -n '__postrider_is route' -F

# secret
complete -c postrider -n '__postrider_is secret' -f -a 'set show-source clear'

# report
complete -c postrider -n '__postrider_is report' -l rc -r -F -d 'the configuration, in place of ~/.fetchmailrc'

# man

# completions
complete -c postrider -n '__postrider_is completions' -f -a 'bash zsh fish'

# help
