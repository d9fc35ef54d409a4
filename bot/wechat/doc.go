// Package wechat connects WeChat official accounts (公众号, 服务号) to smebot: the callback that the platform posts
// each message to, its signatures and AES envelope, the drawing of replies, and the few calls we make to the
// platform's API (access token, customer messages, menu). It is the only place that knows WeChat.
//
// It keeps no more than what it needs to refuse forgeries: in the plain profile a bounded memory of
// (timestamp, nonce) pairs. What was answered is kept by the dispatcher behind the handle function, under
// bot.Message.Key; a repeat of a delivery is handed over again and gets the stored reply.
//
// It never lets a request choose how it is checked: the mode is part of the configuration. It never believes
// the openid of the query, never logs message text, user ids, tokens or secrets, and never lets words of a
// reply become a link.
package wechat
