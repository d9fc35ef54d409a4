package notify

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"

	"smebot/bot"
)

// mailLimit is for one announcement to all its addresses.
const mailLimit = 25 * time.Second

// submissionTLS is the port on which TLS is spoken from the start (RFC 8314).
const submissionTLS = "465"

// mailer sends announcements by SMTP, over TLS only. Every address gets its own copy: one that is refused must not
// keep the others from hearing.
type mailer struct {
	cfg    Config
	host   string
	from   *mail.Address
	to     []string
	option []gomail.Option
	clock  func() time.Time
	log    *slog.Logger

	mu     sync.Mutex
	served map[string]map[string]bool // by Outgoing.ID: addresses that have a message which is not through yet
}

func newMailer(c Config, o Options) (*mailer, error) {
	host, port, err := net.SplitHostPort(c.Server)
	if err != nil {
		return nil, err
	}
	from, err := mail.ParseAddress(c.From)
	if err != nil {
		return nil, errors.New("from is no address")
	}
	settings := &tls.Config{}
	if o.TLS != nil {
		settings = o.TLS.Clone()
	}
	settings.MinVersion = tls.VersionTLS12
	if settings.ServerName == "" {
		settings.ServerName = host
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, errors.New("the port is no number")
	}
	m := &mailer{cfg: c, host: host, from: from, to: c.To, clock: o.Clock, log: o.Log, served: map[string]map[string]bool{}}
	m.option = []gomail.Option{
		gomail.WithPort(number), gomail.WithTimeout(callLimit), gomail.WithTLSConfig(settings), gomail.WithoutNoop(),
		gomail.WithoutRset(), // a reset that fails would make a message that was taken look as if it was not
	}
	m.option = append(m.option, gomail.WithTLSPolicy(gomail.TLSMandatory))
	if port == submissionTLS {
		m.impliedTLS()
	}
	if c.User != "" {
		m.option = append(m.option, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(c.User), gomail.WithPassword(c.Password))
	}
	return m, nil
}

// impliedTLS makes sessions speak TLS from the start.
func (m *mailer) impliedTLS() { m.option = append(m.option, gomail.WithSSL()) }

// Send implements bot.Sender.
func (m *mailer) Send(ctx context.Context, o bot.Outgoing) error {
	ctx, cancel := context.WithTimeout(ctx, mailLimit)
	defer cancel()
	client, err := gomail.NewClient(m.host, m.option...)
	if err != nil {
		return m.fail(bot.Config, "the mail server's settings cannot be used: check %s", "server")
	}
	if err := client.DialWithContext(ctx); err != nil {
		return m.dialFault(err)
	}
	defer func() { _ = client.Close() }() // the server has what it took
	served := m.recall(o.ID)
	refused, later := 0, ""
	for _, to := range m.to {
		if served[to] {
			continue
		}
		message, err := m.message(o, to)
		if err == nil {
			err = client.Send(message)
		}
		code, temporary := smtpFault(err)
		switch {
		case err == nil:
			served[to] = true
		case temporary:
			later = fmt.Sprintf("the mail server puts it off (%d)", code)
		default:
			refused++
			m.log.Warn("an address is refused by the mail server", "notify", m.cfg.Name, "code", code, "mend", "check notify["+m.cfg.Name+"].to")
		}
	}
	switch {
	case later != "":
		m.remember(o.ID, served)
		return &bot.SendError{Class: bot.Retry, Cause: later}
	case refused == len(m.to):
		return m.fail(bot.Config, "every address is refused by the mail server: check %s and %s", "from", "to")
	}
	m.remember(o.ID, nil)
	return nil
}

// message is an announcement to one address. Its id stays the same over tries, by which mailboxes tell a repeat.
func (m *mailer) message(o bot.Outgoing, to string) (*gomail.Msg, error) {
	msg := gomail.NewMsg()
	subject, _, _ := strings.Cut(o.Reply.Text, "\n")
	sum := sha256.Sum256([]byte(o.ID + "\n" + to))
	_, domain, _ := strings.Cut(m.from.Address, "@")
	if err := errors.Join(msg.From(m.from.String()), msg.To(to)); err != nil {
		return nil, err
	}
	msg.Subject(subject)
	msg.SetMessageIDWithValue(hex.EncodeToString(sum[:12]) + "@" + domain)
	msg.SetDateWithValue(m.clock())
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers
	msg.SetBodyString(gomail.TypeTextPlain, o.Reply.Text)
	return msg, nil
}

func (m *mailer) fail(class bot.SendClass, format string, settings ...any) error {
	return poster{name: m.cfg.Name}.fail(class, format, settings...)
}

// dialFault says why no session came about. Texts of the server are left out: they may quote what was sent.
func (m *mailer) dialFault(err error) error {
	var net net.Error
	var unknown *tls.CertificateVerificationError
	code, temporary := smtpFault(err)
	switch {
	case code == 535 || code == 534 || code == 530 || code == 538:
		return m.fail(bot.Config, "the mail server refuses the sign-in: check %s and %s (many providers want an authorisation code, 授权码)", "user", "password")
	case errors.As(err, &unknown):
		return m.fail(bot.Config, "the mail server's certificate is not trusted: check the host in %s", "server")
	case code != 0 && !temporary:
		return &bot.SendError{Class: bot.Config, Cause: fmt.Sprintf("the mail server refuses the session (%d)", code)}
	case code != 0:
		return &bot.SendError{Class: bot.Retry, Cause: fmt.Sprintf("the mail server puts the session off (%d)", code)}
	case strings.Contains(err.Error(), "STARTTLS"):
		return m.fail(bot.Config, "the mail server offers no encryption on this port: use port 465 in %s", "server")
	case errors.As(err, &net):
		return &bot.SendError{Class: bot.Retry, Cause: "no answer from the mail server: " + short(net.Error())}
	case strings.Contains(strings.ToLower(err.Error()), "auth"):
		return m.fail(bot.Config, "the mail server offers no sign-in that we know: check %s, or remove user and password", "server")
	}
	return &bot.SendError{Class: bot.Retry, Cause: "no session with the mail server"}
}

// smtpFault reads the code of an error, 0 if it has none, and whether a later try may do.
func smtpFault(err error) (code int, temporary bool) {
	var sent *gomail.SendError
	var said *textproto.Error
	switch {
	case err == nil:
		return 0, false
	case errors.As(err, &sent):
		return sent.ErrorCode(), sent.IsTemp() || sent.ErrorCode() == 0
	case errors.As(err, &said):
		return said.Code, said.Code/100 == 4
	}
	return 0, true // the connection broke
}

func (m *mailer) recall(id string) map[string]bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	served := map[string]bool{}
	for to := range m.served[id] {
		served[to] = true
	}
	return served
}

// remember keeps who has a message for the next try; nil forgets.
func (m *mailer) remember(id string, served map[string]bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.served, id)
	if len(served) > 0 && len(m.served) < 1000 { // beyond that a repeat does less harm than growth without end
		m.served[id] = served
	}
}
